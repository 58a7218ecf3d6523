import type { Level } from '~/api/review'
import { Icon, type IconName } from '~/ui/Icon'
import classes from './Level.module.css'

/** Every level with its word and icon. */
export const levelWords: Record<Level, [word: string, icon: IconName]> = {
  error: ['Error', 'cross'],
  warning: ['Warning', 'alert'],
  info: ['Info', 'info'],
  off: ['Off', 'dash'],
}

interface LevelBadgeProps {
  level: Level
  /** In place of the level's own word: "2 errors". */
  words?: string
  /** Has no background: it is nothing special here. */
  plain?: boolean
}

/** A level as a word and an icon. */
export function LevelBadge({ level, words, plain = false }: LevelBadgeProps) {
  const [word, icon] = levelWords[level]
  return (
    <span className={classes.badge} data-level={level} data-plain={plain}>
      <Icon name={icon} size={14} />
      {words ?? word}
    </span>
  )
}
