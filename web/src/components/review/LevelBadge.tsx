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

/** A level as a word and an icon. A plain one has no background: it is nothing special here. */
export function LevelBadge({ level, plain = false }: { level: Level; plain?: boolean }) {
  const [word, icon] = levelWords[level]
  return (
    <span className={classes.badge} data-level={level} data-plain={plain}>
      <Icon name={icon} size={14} />
      {word}
    </span>
  )
}
