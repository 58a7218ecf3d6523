import { notifications } from '@mantine/notifications'

const closeButtonProps = { 'aria-label': 'Dismiss' }

/** Shows that something is done. */
export function sayDone(message: string) {
  notifications.show({ message, color: 'green', withBorder: true, closeButtonProps })
}

/** Shows that something failed, long enough to read it. */
export function sayFailed(message: string) {
  notifications.show({
    title: 'Something went wrong',
    message,
    color: 'red',
    withBorder: true,
    autoClose: 12_000,
    closeButtonProps,
  })
}
