import { Page } from '~/components/Page'
import { RolloutList } from '~/components/rollout/RolloutList'

/** The rollouts of all projects that the reader may see. */
export default function RolloutsPage() {
  return (
    <Page title="Rollouts">
      <RolloutList filter={{}} chips />
    </Page>
  )
}
