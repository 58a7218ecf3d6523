import { Button, Checkbox } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import type { Schemas } from '~/api/client'
import { previewQuery } from '~/api/gitops-queries'
import { FormFrame } from '~/components/FormFrame'
import { useForm } from '~/hooks/use-form'
import { Notice } from '~/ui/Notice'
import { ExistingFiles } from './ExistingFiles'
import { LinkFields } from './LinkFields'
import { LinkPreview } from './LinkPreview'
import { defaults, type LinkValues, specOf } from './values'

interface LinkFormProps {
  project: string
  grant: string
  repository: Schemas['Repository']
  save: (spec: Schemas['LinkSpec']) => Promise<unknown>
  onBack: () => void
}

/** What of a repository goes where, beside what would happen on its real tree. */
export function LinkForm({ project, grant, repository, save, onBack }: LinkFormProps) {
  const form = useForm<LinkValues>({
    initial: defaults(repository.defaultBranch ?? ''),
    submit: values => save(specOf(grant, repository.id, values)),
  })
  const [settled] = useDebouncedValue(form.values, 400)
  const preview = useQuery({
    ...previewQuery(project, specOf(grant, repository.id, settled)),
    placeholderData: before => before,
    enabled: settled.branch !== '' && settled.filePathTemplate !== '',
  })
  const exist = (preview.data?.versions.length ?? 0) > 0
  const undecided = exist && form.values.existingFiles === ''
  return (
    <div className="stack loose">
      <h2>{repository.name}</h2>
      <div className="reading">
        <FormFrame
          {...form}
          submit="Link the repository"
          disabled={undecided || preview.isPending}
          aside={
            <>
              <Button variant="default" onClick={onBack}>
                Back
              </Button>
              {undecided && (
                <span className="muted small">Say above what becomes of the files that are there already.</span>
              )}
            </>
          }
        >
          <LinkFields form={form} grant={grant} repository={repository.id} previewError={preview.error} />
          {exist && preview.data && <ExistingFiles form={form} versions={preview.data.versions} />}
          {preview.data && !preview.data.hookPossible ? (
            <Notice kind="info" title="There will be no webhook">
              {preview.data.hookAdvice}
            </Notice>
          ) : (
            <Checkbox
              label="Make no webhook"
              description="Towpath looks for new commits every now and then instead."
              checked={form.values.polling}
              onChange={event => form.set('polling', event.currentTarget.checked)}
            />
          )}
        </FormFrame>
      </div>
      <LinkPreview query={preview} />
    </div>
  )
}
