import { useQuery } from '@tanstack/react-query'
import { engineTypesQuery } from '~/api/queries'

/** The kinds of databases, and the display name of each. */
export function useEngines() {
  const engines = useQuery(engineTypesQuery).data ?? []
  return { engines, nameOf: (type: string) => engines.find(one => one.type === type)?.name ?? type }
}
