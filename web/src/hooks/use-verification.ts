import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { verificationQuery } from '~/api/gitops-queries'
import { addressOf, isGone, wasBlocked } from '~/stores/sign-in-window'
import { type Advice, adviceFor } from '~/util/advice'
import { useClock } from './use-clock'

/** The channel on which the callback page reports that it has finished. */
const channelName = 'towpath-verification'

/**
 * Follows an OAuth round trip: the callback page reports its end at once, and the API is polled as
 * well.
 */
export function useVerification(id: string) {
  const client = useQueryClient()
  const query = useQuery(verificationQuery(id))
  useEffect(() => {
    const channel = new BroadcastChannel(channelName)
    channel.onmessage = () => void client.invalidateQueries(verificationQuery(id))
    return () => channel.close()
  }, [client, id])
  const advice = useClock<Advice>(now =>
    query.data?.state === 'pending'
      ? adviceFor({
          blocked: wasBlocked(id),
          gone: isGone(),
          startedHere: addressOf(id) !== null,
          waited: now.getTime() - new Date(query.data.createdAt).getTime(),
        })
      : '',
  )
  return { query, advice }
}
