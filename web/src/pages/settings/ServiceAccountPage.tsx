import { useQuery } from '@tanstack/react-query'
import { http, unwrap } from '~/api/client'
import { membersQuery, serviceTokensQuery } from '~/api/queries'
import { Loaded } from '~/components/Loaded'
import { Page } from '~/components/Page'
import { StateBadge } from '~/components/StateBadge'
import { Tokens } from '~/components/Tokens'
import { useParam } from '~/hooks/use-params'
import { Notice } from '~/ui/Notice'
import { pb } from '~/util/path-builder'
import { roleWords } from '~/util/roles'

const path = '/api/v1/service-accounts/{member}/api-tokens'

/** A service account and its API tokens. */
export default function ServiceAccountPage() {
  const id = useParam('member')
  const members = useQuery(membersQuery)
  const tokens = useQuery(serviceTokensQuery(id))
  return (
    <Loaded query={members}>
      {list => {
        const account = list.find(one => one.id === id && one.service)
        if (!account) return <Notice kind="warning" title="There is no such service account" />
        return (
          <Page
            title={account.name}
            crumbs={[{ label: 'Members', to: pb.members() }]}
            beside={<StateBadge state={account.deactivatedAt ? 'deactivated' : 'service'} />}
            lead={`A program with the role ${roleWords[account.role]}. It can't sign in, and is never asked for consent.`}
          >
            <Tokens
              query={tokens}
              who={{ may: 'it', all: 'it' }}
              create={body => unwrap(http.POST(path, { params: { path: { member: id } }, body }))}
              revoke={token =>
                unwrap(http.DELETE(`${path}/{token}` as const, { params: { path: { member: id, token } } }))
              }
            />
          </Page>
        )
      }}
    </Loaded>
  )
}
