import { Button } from '@mantine/core'
import { pb } from '~/util/path-builder'

/** Leads to the OpenID Connect provider, and back to the page next. */
export function SingleSignOnButton({ provider, next, only }: { provider: string; next: string; only: boolean }) {
  return (
    <Button component="a" href={pb.singleSignOn(next)} variant={only ? 'filled' : 'default'}>
      Sign in with {provider}
    </Button>
  )
}
