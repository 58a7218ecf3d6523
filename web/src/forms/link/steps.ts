/** The steps of linking a repository. */
export const linkSteps = ['Git provider', 'Repository', 'Configure'] as const
