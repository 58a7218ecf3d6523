import { CopyButton } from '~/ui/CopyButton'
import classes from './Snippet.module.css'

interface SnippetProps {
  /** What the text is, for the eye and for the button: "Safe way". */
  label: string
  text: string
  tone?: 'good' | 'bad'
}

/** A few lines of SQL, ready to copy. */
export function Snippet({ label, text, tone }: SnippetProps) {
  return (
    <figure className={classes.snippet} data-tone={tone}>
      <figcaption>
        {label}
        <CopyButton value={text} label={label.toLowerCase()} />
      </figcaption>
      <pre>{text}</pre>
    </figure>
  )
}
