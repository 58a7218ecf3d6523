import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { Schemas } from '~/api/client'
import { TimeAgo } from '~/components/TimeAgo'
import { type Column, QueryTable } from '~/table/QueryTable'
import { EmptyState } from '~/ui/EmptyState'
import { Notice } from '~/ui/Notice'
import { count, matches } from '~/util/str'

type Repository = Schemas['Repository']

interface RepositoryPickerProps {
  list: Schemas['Repositories']
  refreshing: boolean
  onRefresh: () => void
  onChoose: (repository: Repository) => void
}

/** All repositories that the account administers, to search and choose from. */
export function RepositoryPicker({ list, refreshing, onRefresh, onChoose }: RepositoryPickerProps) {
  const [query, setQuery] = useState('')
  const found = list.items.filter(repository => matches(repository.name, query))
  const columns: Column<Repository>[] = [
    {
      title: 'Repository',
      cell: repository => {
        const [workspace, ...slug] = repository.name.split('/')
        return (
          <>
            <strong>{slug.join('/')}</strong> <span className="muted">{workspace}</span>
          </>
        )
      },
    },
    {
      title: 'Main branch',
      wide: true,
      cell: repository =>
        repository.defaultBranch ? (
          <span className="mono">{repository.defaultBranch}</span>
        ) : (
          <span className="muted">empty</span>
        ),
    },
    { title: 'Last change', fit: true, cell: repository => <TimeAgo at={repository.updatedAt} /> },
    {
      title: '_Choose',
      fit: true,
      cell: repository => (
        <Button
          size="compact-sm"
          variant="default"
          disabled={!repository.defaultBranch}
          title={repository.defaultBranch ? undefined : 'It has no commits yet.'}
          aria-label={`Choose ${repository.name}`}
          onClick={() => onChoose(repository)}
        >
          Choose
        </Button>
      ),
    },
  ]
  return (
    <div className="stack">
      {list.unreadable.length > 0 && (
        <Notice kind="warning" title="Some workspaces could not be listed">
          <ul style={{ margin: 0, paddingLeft: 20 }}>
            {list.unreadable.map(reason => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        </Notice>
      )}
      <div className="row wrap">
        <TextInput
          aria-label="Search repositories"
          placeholder="Search by workspace or name"
          value={query}
          onChange={event => setQuery(event.currentTarget.value)}
          data-autofocus
          autoFocus
          style={{ width: 320 }}
        />
        <Button variant="default" loading={refreshing} onClick={onRefresh}>
          Refresh
        </Button>
        <span className="muted" role="status">
          {query
            ? `${found.length} of ${count(list.items.length, 'repository', 'repositories')}`
            : count(list.items.length, 'repository', 'repositories')}
        </span>
      </div>
      <QueryTable
        label="Repositories"
        columns={columns}
        rows={found}
        id={repository => repository.id}
        empty={
          <EmptyState icon="search">
            {query ? 'No repository matches.' : 'Your account isn’t an admin of any repository.'}
          </EmptyState>
        }
      />
      <details>
        <summary>Why is an expected repository missing?</summary>
        <ul className="reading" style={{ paddingLeft: 20, marginTop: 8 }}>
          <li>
            Your account is not an admin of it. An admin grants that in the repository’s settings; write access is not
            enough for webhooks.
          </li>
          <li>It belongs to a workspace that your account is not a member of.</li>
          <li>You signed in with a different account. Go back and sign in again.</li>
          <li>It was created or shared a moment ago. Refresh the list.</li>
        </ul>
      </details>
    </div>
  )
}
