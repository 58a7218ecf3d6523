import { TextInput, type TextInputProps } from '@mantine/core'

/**
 * A field for a time with its unit. Empty sets no limit; the placeholder shows what applies then.
 */
export function LimitField(props: TextInputProps & { placeholder: string }) {
  return <TextInput styles={{ wrapper: { maxWidth: 280 } }} autoComplete="off" spellCheck={false} {...props} />
}

/** How a file asks for a limit of its own. */
export function FileLimit({ words, setting }: { words: string; setting: string }) {
  return (
    <>
      {words} <code className="mono whole">-- towpath: {setting}</code>
    </>
  )
}
