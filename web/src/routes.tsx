import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { isSignedOut } from '~/api/errors'
import { live } from '~/api/live'
import { inboxQuery, inboxStep, overviewQuery, rolloutQuery, sessionQuery, setupQuery } from '~/api/queries'
import { queryClient } from '~/api/query-client'
import { PageFailed, PageLoading, PageMissing } from '~/components/PageTrouble'
import AppLayout from '~/pages/AppLayout'
import { pb } from '~/util/path-builder'

type PageModule = () => Promise<{ default: React.ComponentType }>

/** Redirects people who are not signed in to the sign-in. */
async function mustBeSignedIn({ location }: { location: { href: string } }) {
  try {
    await queryClient.ensureQueryData(sessionQuery)
    void live.open() // what a page asks for waits for it
  } catch (error) {
    if (!isSignedOut(error)) throw error
    const { needed } = await queryClient.fetchQuery(setupQuery)
    throw needed
      ? redirect({ to: pb.setup() })
      : redirect({ to: pb.signIn(), search: { next: location.href } as never })
  }
}

const root = createRootRoute({ component: Outlet, notFoundComponent: PageMissing })
/** All pages of members. */
export const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  component: AppLayout,
  beforeLoad: mustBeSignedIn,
})
const settings = createRoute({
  getParentRoute: () => signedIn,
  id: 'in-settings',
  component: lazyRouteComponent(() => import('~/pages/SettingsLayout')),
})
const owners = createRoute({
  getParentRoute: () => settings,
  id: 'for-owners',
  component: lazyRouteComponent(() => import('~/pages/OwnersOnly')),
})
const project = createRoute({
  getParentRoute: () => signedIn,
  path: '/projects/$project',
  component: lazyRouteComponent(() => import('~/pages/projects/ProjectLayout')),
})

const entrance = (path: string, page: PageModule) =>
  createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(page) })
/** A page; ahead asks for its data while its code is still loading. */
const page = (path: string, module: PageModule, ahead?: (params: Record<string, string>) => Promise<void>) =>
  createRoute({
    getParentRoute: () => signedIn,
    path,
    component: lazyRouteComponent(module),
    ...(ahead && { loader: ({ params }) => void live.open().then(() => ahead(params)) }),
  })
const setting = (path: string, module: PageModule) =>
  createRoute({ getParentRoute: () => settings, path, component: lazyRouteComponent(module) })
const owned = (path: string, module: PageModule) =>
  createRoute({ getParentRoute: () => owners, path, component: lazyRouteComponent(module) })
const inProject = (path: string, module: PageModule) =>
  createRoute({ getParentRoute: () => project, path, component: lazyRouteComponent(module) })
const onward = (path: string, to: string) =>
  createRoute({
    getParentRoute: () => signedIn,
    path,
    beforeLoad: () => {
      throw redirect({ to, replace: true })
    },
  })

const tree = root.addChildren([
  entrance('/setup', () => import('~/pages/entrance/SetUpPage')),
  entrance('/sign-in', () => import('~/pages/entrance/SignInPage')),
  entrance('/invitation', () => import('~/pages/entrance/InvitationPage')),
  signedIn.addChildren([
    page(
      '/',
      () => import('~/pages/HomePage'),
      () => queryClient.prefetchQuery(overviewQuery),
    ),
    page(
      '/inbox',
      () => import('~/pages/InboxPage'),
      () => queryClient.prefetchQuery(inboxQuery(inboxStep)),
    ),
    page('/rollouts', () => import('~/pages/rollouts/RolloutsPage')),
    page(
      '/rollouts/$rollout',
      () => import('~/pages/rollouts/RolloutPage'),
      ({ rollout = '' }) => queryClient.prefetchQuery(rolloutQuery(rollout)),
    ),
    page('/rollouts/$rollout/tasks/$task', () => import('~/pages/rollouts/TaskPage')),
    page('/projects', () => import('~/pages/projects/ProjectsPage')),
    project.addChildren([
      inProject('/', () => import('~/pages/projects/OverviewPage')),
      inProject('/rollouts', () => import('~/pages/projects/ProjectRolloutsPage')),
      inProject('/reviews', () => import('~/pages/projects/ReviewsPage')),
      inProject('/databases', () => import('~/pages/projects/ProjectDatabasesPage')),
      inProject('/members', () => import('~/pages/projects/ProjectMembersPage')),
      inProject('/settings', () => import('~/pages/projects/ProjectSettingsPage')),
      inProject('/gitops', () => import('~/pages/links/LinksPage')),
    ]),
    page('/projects/$project/reviews/$link/$review', () => import('~/pages/projects/BranchReviewPage')),
    page('/projects/$project/gitops/new', () => import('~/pages/links/ChooseProviderPage')),
    page('/projects/$project/gitops/new/sign-in/$verification', () => import('~/pages/links/GrantPage')),
    page('/projects/$project/gitops/new/$grant', () => import('~/pages/links/NewLinkPage')),
    page('/projects/$project/gitops/links/$link', () => import('~/pages/links/LinkPage')),
    page('/projects/$project/gitops/links/$link/edit', () => import('~/pages/links/EditLinkPage')),
    page('/databases', () => import('~/pages/databases/DatabasesPage')),
    page('/databases/$database', () => import('~/pages/databases/DatabasePage')),
    page('/databases/$database/changes/$change', () => import('~/pages/databases/ChangePage')),
    page('/instances', () => import('~/pages/instances/InstancesPage')),
    page('/instances/new', () => import('~/pages/instances/NewInstancePage')),
    page('/instances/$instance', () => import('~/pages/instances/InstancePage')),
    page('/environments', () => import('~/pages/environments/EnvironmentsPage')),
    page('/environments/$environment', () => import('~/pages/environments/EnvironmentPage')),
    onward('/settings', pb.profile()),
    settings.addChildren([
      setting('/settings/profile', () => import('~/pages/settings/ProfilePage')),
      setting('/settings/api-tokens', () => import('~/pages/settings/TokensPage')),
      setting('/settings/general', () => import('~/pages/settings/GeneralPage')),
      setting('/settings/members', () => import('~/pages/settings/MembersPage')),
      setting('/settings/notifications', () => import('~/pages/settings/ReceiversPage')),
      setting('/settings/notifications/$receiver', () => import('~/pages/settings/ReceiverPage')),
      setting('/settings/sql-review', () => import('~/pages/settings/ReviewPage')),
      owners.addChildren([
        owned('/settings/members/service-accounts/$member', () => import('~/pages/settings/ServiceAccountPage')),
        owned('/settings/audit', () => import('~/pages/settings/AuditPage')),
        owned('/settings/gitops', () => import('~/pages/git-providers/ProvidersPage')),
        owned('/settings/gitops/new', () => import('~/pages/git-providers/AddProviderPage')),
        owned('/settings/gitops/new/$verification', () => import('~/pages/git-providers/VerificationPage')),
        owned('/settings/gitops/providers/$provider', () => import('~/pages/git-providers/ProviderPage')),
      ]),
    ]),
  ]),
])

/** The console's routes. A page is prefetched when the pointer comes near its link. */
export const router = createRouter({
  routeTree: tree,
  defaultPreload: 'intent',
  defaultPreloadDelay: 80,
  defaultErrorComponent: PageFailed,
  defaultPendingComponent: PageLoading,
  defaultPendingMs: 200,
  defaultPendingMinMs: 0,
  scrollRestoration: true,
})
