import { Page } from '~/components/Page'
import { PauseAll } from '~/components/Pauses'
import { RolloutList } from '~/components/rollout/RolloutList'

/** The rollouts of all projects that the reader may see. */
export default function RolloutsPage() {
  return (
    <Page title="Rollouts" action={<PauseAll />}>
      <RolloutList filter={{}} chips />
    </Page>
  )
}
