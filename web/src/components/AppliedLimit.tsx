import type { Schemas } from '~/api/client'
import { limitText } from '~/util/limit'

const sources: Record<Schemas['AppliedLimit']['from'], string> = {
  project: 'set for the project',
  environment: 'set for the environment',
  server: "the server's own",
  maximum: 'the most that the environment allows',
}

/** The limit for files that set none, and its source. */
export function AppliedLimit({ limit }: { limit: Schemas['AppliedLimit'] }) {
  return (
    <>
      {limitText(limit.timeout)} <span className="muted">{sources[limit.from]}</span>
    </>
  )
}
