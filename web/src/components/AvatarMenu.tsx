import { Menu, useMantineColorScheme } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { http, type Schemas, unwrap } from '~/api/client'
import { queryClient } from '~/api/query-client'
import { useWrite } from '~/hooks/use-write'
import { Icon, type IconName } from '~/ui/Icon'
import { pb } from '~/util/path-builder'
import classes from './AvatarMenu.module.css'

const schemes: ['light' | 'dark' | 'auto', string, IconName][] = [
  ['light', 'Light', 'sun'],
  ['dark', 'Dark', 'moon'],
  ['auto', 'As the system', 'settings'],
]

/** The menu of the signed-in member: theme, profile, sign out. */
export function AvatarMenu({ member }: { member: Schemas['Member'] }) {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const navigate = useNavigate()
  const signOut = useWrite({
    run: () => unwrap(http.DELETE('/api/v1/session')),
    after: () => {
      void navigate({ to: pb.signIn() }).then(() => queryClient.clear())
    },
  })
  const name = member.name || member.email
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <button
          type="button"
          className={classes.avatar}
          aria-label={`${name}, account`}
          data-initials={initials(name)}
        />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {name}
          <br />
          {member.email}
        </Menu.Label>
        <Menu.Item leftSection={<Icon name="user" />} onClick={() => void navigate({ to: pb.profile() })}>
          Profile
        </Menu.Item>
        <Menu.Item component="a" href="/docs" target="_blank" rel="noreferrer" leftSection={<Icon name="book" />}>
          Documentation
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>Theme</Menu.Label>
        {schemes.map(([scheme, label, icon]) => (
          <Menu.Item
            key={scheme}
            leftSection={<Icon name={icon} />}
            rightSection={colorScheme === scheme ? <Icon name="check" /> : null}
            onClick={() => setColorScheme(scheme)}
          >
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<Icon name="logout" />} onClick={() => signOut.mutate()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function initials(name: string): string {
  const words = name.split(/[\s@.]+/).filter(Boolean)
  return ((words[0]?.[0] ?? '') + (words[1]?.[0] ?? '')).toUpperCase()
}
