import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { http, type Schemas, unwrap } from '~/api/client'
import { changePreviewQuery, linkQuery } from '~/api/gitops-queries'
import { queryClient } from '~/api/query-client'
import { FormFrame } from '~/components/FormFrame'
import { LinkButton } from '~/components/LinkButton'
import { Loaded } from '~/components/Loaded'
import { Page } from '~/components/Page'
import { LinkFields } from '~/forms/link/LinkFields'
import { LinkPreview } from '~/forms/link/LinkPreview'
import { type LinkValues, patternsOf } from '~/forms/link/values'
import { useForm } from '~/hooks/use-form'
import { useLinkCrumbs } from '~/hooks/use-link-crumbs'
import { useParam } from '~/hooks/use-params'
import { pb } from '~/util/path-builder'

/** Changes the settings of a link. */
export default function EditLinkPage() {
  const status = useQuery({ ...linkQuery(useParam('link')), refetchInterval: false })
  const project = useParam('project')
  const crumbs = useLinkCrumbs(project)
  return (
    <Loaded query={status}>
      {link => (
        <Page title="Edit the link" crumbs={[...crumbs, { label: link.repositoryName, to: pb.link(project, link.id) }]}>
          <Edit link={link} project={project} />
        </Page>
      )}
    </Loaded>
  )
}

function Edit({ link, project }: { link: Schemas['LinkStatus']; project: string }) {
  const navigate = useNavigate()
  const { branch, baseDirectory, filePathTemplate, exclude, placeholders, schemaPathTemplate } = link
  const { anyCaseEndings, latePolicy, waitingStatus } = link
  const form = useForm<LinkValues>({
    initial: {
      branch,
      baseDirectory,
      filePathTemplate,
      exclude: exclude.join('\n'),
      anyCaseEndings,
      placeholders,
      schemaPathTemplate,
      latePolicy,
      waitingStatus,
      choices: {},
      polling: link.hookState === 'polling',
    },
    submit: async values => {
      const body = { ...settingsOf(values), waitingStatus: values.waitingStatus, polling: values.polling }
      await unwrap(http.PATCH('/api/v1/repository-links/{link}', { params: { path: { link: link.id } }, body }))
      await queryClient.invalidateQueries()
      await navigate({ to: pb.link(project, link.id) })
    },
  })
  const [settled] = useDebouncedValue(form.values, 400)
  const preview = useQuery({
    ...changePreviewQuery(link.id, settingsOf(settled)),
    placeholderData: before => before,
    retry: false,
  })
  return (
    <div className="stack loose">
      <div className="reading">
        <FormFrame
          {...form}
          submit="Save"
          aside={
            <LinkButton variant="default" to={pb.link(project, link.id)}>
              Cancel
            </LinkButton>
          }
        >
          <LinkFields
            form={form}
            grant={link.grantId}
            repository={link.repositoryId}
            found={preview.data?.conventions ?? []}
            onFill={form.fill}
            previewError={preview.error}
          />
        </FormFrame>
      </div>
      <LinkPreview query={preview} />
    </div>
  )
}

/** The settings that determine which files go where. */
function settingsOf(values: LinkValues) {
  const { choices: _, waitingStatus: _status, polling: _polling, ...rest } = values
  return { ...rest, exclude: patternsOf(values.exclude) }
}
