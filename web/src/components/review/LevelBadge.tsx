import type { Level } from '~/api/review'
import { Badge, type Tone } from '~/ui/Badge'
import type { IconName } from '~/ui/Icon'

/** Every level with its word, icon and color. */
export const levelWords: Record<Level, [word: string, icon: IconName, tone: Tone]> = {
  error: ['Error', 'cross', 'bad'],
  warning: ['Warning', 'alert', 'warn'],
  info: ['Info', 'info', 'run'],
  off: ['Off', 'dash', 'idle'],
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
  const [word, icon, tone] = levelWords[level]
  return (
    <Badge icon={icon} tone={tone} plain={plain}>
      {words ?? word}
    </Badge>
  )
}
