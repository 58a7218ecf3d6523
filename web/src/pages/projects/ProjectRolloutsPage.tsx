import { RolloutList } from '~/components/rollout/RolloutList'
import { useParam } from '~/hooks/use-params'

/** A project's rollouts. */
export default function ProjectRolloutsPage() {
  return <RolloutList filter={{ project: useParam('project') }} chips />
}
