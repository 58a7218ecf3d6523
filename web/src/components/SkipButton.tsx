import type { ButtonProps } from '@mantine/core'
import { WhyButton } from './WhyButton'

interface SkipButtonProps extends ButtonProps {
  /** The migration, by its label or its path. */
  what: string
  skip: (reason: string) => Promise<unknown>
}

/** A button that asks for a reason and skips a migration in one database. */
export function SkipButton({ what, skip, ...rest }: SkipButtonProps) {
  return (
    <WhyButton
      {...rest}
      verb="Skip"
      title={`Skip ${what} in this database?`}
      shown="Shown to everyone who opens this task."
      run={skip}
      done={() => `${what} is skipped here.`}
    >
      It does not run here. Later migrations run without it.
    </WhyButton>
  )
}
