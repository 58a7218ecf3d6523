import type { ErrorComponentProps } from '@tanstack/react-router'
import { useTitle } from '~/hooks/use-title'
import { EmptyState } from '~/ui/EmptyState'
import { SkeletonRows } from '~/ui/Skeleton'
import { pb } from '~/util/path-builder'
import { LinkButton } from './LinkButton'
import { Failure } from './Loaded'

/** Shown while the code of a page loads. */
export function PageLoading() {
  return <SkeletonRows after={0} />
}

/** Shown instead of a page that failed. */
export function PageFailed({ error, reset }: ErrorComponentProps) {
  return <Failure error={error} retry={reset} />
}

/** Shown at an address without a page. */
export function PageMissing() {
  useTitle('Not found')
  return (
    <main>
      <EmptyState icon="question" action={<LinkButton to={pb.home()}>Go to the start page</LinkButton>}>
        There is no page at this address.
      </EmptyState>
    </main>
  )
}
