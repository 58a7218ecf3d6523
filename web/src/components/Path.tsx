import { Fragment } from 'react'

/** A path of a file. It breaks after slashes and underscores, where people read a pause. */
export function Path({ path }: { path: string }) {
  return (
    <span className="mono">
      {path.split(/(?<=[/_])(?![/_])/).map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a path have no other name
        <Fragment key={index}>
          {index > 0 && <wbr />}
          {part}
        </Fragment>
      ))}
    </span>
  )
}
