import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { useState } from 'react'
import { Icon } from './Icon'

interface CopyProps {
  value: string
  /** The name of the value, for screen readers: "Callback URL". */
  label: string
  /** Shows the label as a button with words. */
  words?: boolean
}

/** Copies a value to the clipboard and confirms it. */
export function CopyButton({ value, label, words = false }: CopyProps) {
  const [state, setState] = useState<'' | 'copied' | 'failed'>('')
  const copy = async () => {
    setState((await toClipboard(value)) ? 'copied' : 'failed')
    window.setTimeout(() => setState(''), 1500)
  }
  const said = { '': label, copied: 'Copied', failed: 'Could not copy: select the text and copy it yourself' }[state]
  const icon = <Icon name={state === 'copied' ? 'check' : 'copy'} />
  if (words) {
    return (
      <Button variant="default" onClick={copy} leftSection={icon}>
        {said}
      </Button>
    )
  }
  return (
    <Tooltip label={state === '' ? `Copy ${label}` : said}>
      <ActionIcon variant="subtle" color="gray" aria-label={state === '' ? `Copy ${label}` : said} onClick={copy}>
        {icon}
      </ActionIcon>
    </Tooltip>
  )
}

/**
 * The clipboard's own interface is missing when the page came over plain http from another machine.
 */
async function toClipboard(value: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(value)
    return true
  } catch {
    const area = document.createElement('textarea')
    area.value = value
    area.style.position = 'fixed'
    document.body.append(area)
    area.select()
    const done = document.execCommand('copy')
    area.remove()
    return done
  }
}
