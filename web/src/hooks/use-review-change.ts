import { useMutation, useQueryClient } from '@tanstack/react-query'
import { http, unwrap } from '~/api/client'
import { messageOf } from '~/api/errors'
import { changed, type Policy, type PolicyChange, reviewPoliciesQuery } from '~/api/review'
import { sayFailed } from '~/stores/toast'

/** A change of the SQL review in an environment. */
export interface ReviewWrite {
  environment: string
  change: PolicyChange
}

/** Changes levels of the SQL review. The page shows the change at once, and takes it back when it fails. */
export function useReviewChange() {
  const client = useQueryClient()
  const { queryKey } = reviewPoliciesQuery
  const replace = (environment: string, by: (policy: Policy) => Policy) =>
    client.setQueryData(
      queryKey,
      old => old && { ...old, items: old.items.map(one => (one.environmentId === environment ? by(one) : one)) },
    )
  return useMutation({
    mutationFn: ({ environment, change }: ReviewWrite) =>
      unwrap(http.PATCH('/api/v1/review-policies/{environment}', { params: { path: { environment } }, body: change })),
    onMutate: async ({ environment, change }) => {
      await client.cancelQueries({ queryKey })
      replace(environment, policy => changed(policy, change))
    },
    onError: error => {
      sayFailed(messageOf(error))
      void client.invalidateQueries({ queryKey })
    },
    onSuccess: saved => {
      if (client.isMutating({ mutationKey: ['review-change'] }) <= 1) replace(saved.environmentId, () => saved)
    },
    mutationKey: ['review-change'],
  })
}
