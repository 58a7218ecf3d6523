import { useQuery } from '@tanstack/react-query'
import { http, unwrap } from '~/api/client'
import { apiTokensQuery } from '~/api/queries'
import { Page } from '~/components/Page'
import { Tokens } from '~/components/Tokens'

/** Tokens with which programs act as the member who created them. */
export default function TokensPage() {
  return (
    <Page
      title="API tokens"
      lead={
        <>
          A token lets a program act as you, with your rights or fewer. Send it in a header:{' '}
          <code className="mono whole">Authorization: Bearer TOKEN</code>
        </>
      }
    >
      <Tokens
        query={useQuery(apiTokensQuery)}
        who={{ may: 'I', all: 'you' }}
        create={body => unwrap(http.POST('/api/v1/api-tokens', { body }))}
        revoke={token => unwrap(http.DELETE('/api/v1/api-tokens/{token}', { params: { path: { token } } }))}
      />
    </Page>
  )
}
