import type { ReactNode } from 'react'
import { useTitle } from '~/hooks/use-title'

/** The frame of pages for people who are not signed in. */
export function Entrance({ title, lead, children }: { title: string; lead: ReactNode; children: ReactNode }) {
  useTitle(title)
  return (
    <main style={{ maxWidth: 400, margin: '0 auto', padding: '12vh 16px 48px' }}>
      <div className="stack">
        <div className="row" style={{ fontWeight: 600, fontSize: 17 }}>
          <img src="/favicon.svg" width={28} height={28} alt="" />
          Towpath
        </div>
        <h1>{title}</h1>
        <p className="muted">{lead}</p>
        {children}
      </div>
    </main>
  )
}
