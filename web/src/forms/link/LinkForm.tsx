import { Button, Checkbox } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Schemas } from '~/api/client'
import { previewQuery } from '~/api/gitops-queries'
import { FormFrame } from '~/components/FormFrame'
import { useForm } from '~/hooks/use-form'
import { Notice } from '~/ui/Notice'
import { count } from '~/util/str'
import { Baselines } from './Baselines'
import { baselinesOf, choicesOf, refusalsOf, waits } from './baselines'
import { Histories } from './Histories'
import {
  contradictedOf,
  type Histories as Found,
  previewsChoice,
  type Standing,
  usableOf,
  withHistories,
} from './histories'
import { LinkFields } from './LinkFields'
import { LinkPreview } from './LinkPreview'
import { defaults, type LinkValues, specOf, withBaselines } from './values'

interface LinkFormProps {
  project: string
  grant: string
  repository: Schemas['Repository']
  save: (spec: Schemas['LinkSpec']) => Promise<unknown>
  onBack: () => void
}

/** A link's settings and baselines, next to a preview on the real tree. */
export function LinkForm({ project, grant, repository, save, onBack }: LinkFormProps) {
  const [sent, setSent] = useState<Schemas['BaselineChoice'][]>([])
  const [recorded, setRecorded] = useState(true)
  const [despite, setDespite] = useState<string[]>([])
  const [record, setRecord] = useState<Standing[]>(['stands'])
  const form = useForm<LinkValues>({
    initial: defaults(repository.defaultBranch ?? ''),
    submit: values => {
      const wanted = specOf(grant, repository.id, values)
      if (chosen) return save(withHistories(wanted, chosen, despite, record))
      setSent(baselines)
      return save(withBaselines(wanted, baselines))
    },
  })
  const [settled] = useDebouncedValue(form.values, 400)
  const ready = settled.branch !== '' && settled.filePathTemplate !== ''
  const spec = specOf(grant, repository.id, settled)
  const shown = useQuery({
    ...previewQuery(project, spec),
    placeholderData: before => before,
    enabled: ready,
  })
  // what the repository has does not depend on the settings, and stays while they do not fit
  const tree = useQuery({
    ...previewQuery(project, specOf(grant, repository.id, defaults(settled.branch))),
    enabled: settled.branch !== '',
  })
  const databases = shown.data?.databases ?? []
  const histories = shown.data?.histories
  const usable = usableOf(histories)
  const chosen: Found | undefined = recorded && usable.length > 0 ? histories : undefined
  const exist = (shown.data?.versions.length ?? 0) > 0
  const choices = choicesOf(databases, form.values.choices)
  const baselines = baselinesOf(choices)
  const chosenSpec = chosen
    ? withHistories(spec, chosen, despite, record)
    : withBaselines(spec, baselinesOf(choicesOf(databases, settled.choices)))
  const planned = useQuery({
    ...previewQuery(project, chosenSpec),
    placeholderData: before => before,
    enabled: ready && shown.isSuccess && !shown.isPlaceholderData && previewsChoice(chosenSpec),
  })
  const refused = refusalsOf(form.failure, sent, baselines)
  const waiting = chosen
    ? contradictedOf(usable).filter(database => !despite.includes(database.databaseId))
    : databases.filter(database => waits(database, choices.get(database.databaseId)))
  return (
    <div className="stack loose">
      <h2>{repository.name}</h2>
      <FormFrame
        {...form}
        problem={refused.size > 0 ? 'Nothing was linked: a choice above does not fit its database.' : form.problem}
        submit="Link the repository"
        disabled={waiting.length > 0 || shown.isPending || shown.isPlaceholderData}
        aside={
          <>
            <Button variant="default" onClick={onBack}>
              Back
            </Button>
            {waiting.length > 0 && (
              <span className="muted small">
                {chosen ? 'Confirm above what to record in ' : 'Choose above what '}
                {waiting.length === 1
                  ? `${waiting[0]?.environment}/${waiting[0]?.name}`
                  : count(waiting.length, 'database')}
                {!chosen && (waiting.length === 1 ? ' has' : ' have')}.
              </span>
            )}
          </>
        }
      >
        <div className="reading stack">
          <LinkFields
            form={form}
            grant={grant}
            repository={repository.id}
            found={tree.data?.conventions ?? []}
            onFill={form.fill}
            previewError={shown.error}
          />
        </div>
        {exist && histories && (
          <Histories
            histories={histories}
            chosen={chosen !== undefined}
            despite={despite}
            record={record}
            onChoose={setRecorded}
            onDespite={setDespite}
            onRecord={setRecord}
          />
        )}
        {exist && shown.data && !chosen && (
          <Baselines
            preview={shown.data}
            choices={choices}
            refused={refused}
            onChoose={chosen => form.set('choices', { ...form.values.choices, ...chosen })}
          />
        )}
        <div className="reading">
          {shown.data && !shown.data.hookPossible ? (
            <Notice kind="info" title="There will be no webhook">
              {shown.data.hookAdvice?.text}
            </Notice>
          ) : (
            <Checkbox
              label="Make no webhook"
              description="Towpath polls for new commits instead."
              checked={form.values.polling}
              onChange={event => form.set('polling', event.currentTarget.checked)}
            />
          )}
        </div>
      </FormFrame>
      <LinkPreview query={chosen || (baselines.length > 0 && planned.data) ? planned : shown} />
    </div>
  )
}
