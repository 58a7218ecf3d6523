import { useQuery } from '@tanstack/react-query'
import { providerTypesQuery } from '~/api/gitops-queries'
import { CopyValue } from '~/components/git/CopyValue'
import { Loaded } from '~/components/Loaded'
import { Page } from '~/components/Page'
import { ReceiptKey } from '~/components/ReceiptKey'
import { Notice } from '~/ui/Notice'

/** The settings of the whole workspace. */
export default function GeneralPage() {
  const types = useQuery(providerTypesQuery)
  return (
    <Page title="General">
      <Loaded query={types} rows={2}>
        {list => {
          const external = list[0] ? new URL(list[0].callbackUrl).origin : ''
          return (
            <div className="stack">
              <dl className="facts panel">
                <dt>External URL</dt>
                <dd>
                  <CopyValue label="external URL" value={external} />
                </dd>
                <dt>API description</dt>
                <dd>
                  <a href="/api/openapi.json">/api/openapi.json</a>
                </dd>
                <ReceiptKey />
              </dl>
              {external !== window.location.origin && (
                <Notice kind="warning" title="You opened Towpath at another address">
                  Sign-ins at Git providers and webhooks use the external URL. Open Towpath there, or start the server
                  with --external-url {window.location.origin}.
                </Notice>
              )}
            </div>
          )
        }}
      </Loaded>
    </Page>
  )
}
