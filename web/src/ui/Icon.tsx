/** Outlines on a grid of 24, drawn with a round stroke of 2. */
const outlines = {
  alert: 'M12 4 3 20h18L12 4zM12 10v4M12 17v.01',
  arrowLeft: 'M19 12H5m6-6-6 6 6 6',
  arrowRight: 'M5 12h14m-6-6 6 6-6 6',
  board: 'M4 5h5v14H4zM15 5h5v9h-5zM9 5h6',
  book: 'M5 4h11a3 3 0 0 1 3 3v13H8a3 3 0 0 1-3-3V4zM5 17a3 3 0 0 1 3-3h11',
  branch:
    'M7 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM7 20a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM17 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM7 8v8M17 8a6 6 0 0 1-6 6H9',
  check: 'm5 12.5 4.5 4.5L19 7.5',
  chevronDown: 'm6 9 6 6 6-6',
  chevronRight: 'm9 6 6 6-6 6',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3 2',
  commit: 'M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM3 12h6M15 12h6',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  cross: 'm6 6 12 12M18 6 6 18',
  dash: 'M6 12h12',
  database:
    'M12 9c4.4 0 8-1.3 8-3s-3.6-3-8-3-8 1.3-8 3 3.6 3 8 3zM4 6v12c0 1.7 3.6 3 8 3s8-1.3 8-3V6M4 12c0 1.7 3.6 3 8 3s8-1.3 8-3',
  dots: 'M5 12v.01M12 12v.01M19 12v.01',
  external: 'M14 4h6v6M20 4l-9 9M18 14v6H4V6h6',
  file: 'M6 3h8l5 5v13H6zM14 3v5h5',
  folder: 'M3 6h6l2 2h10v11H3z',
  grip: 'M9 6v.01M15 6v.01M9 12v.01M15 12v.01M9 18v.01M15 18v.01',
  hand: 'M8 12V6a1.5 1.5 0 0 1 3 0v5-6.5a1.5 1.5 0 0 1 3 0V11V6.5a1.5 1.5 0 0 1 3 0V14c0 4-2 7-6 7-3 0-4.5-1.5-6-4l-2-3.5c-.8-1.6 1-2.7 2.2-1.4L8 14',
  info: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5M12 8v.01',
  key: 'M15 13a4 4 0 1 0-3.9-5L4 15v4h4v-3h3l1.5-3.2',
  layers: 'm12 4 9 5-9 5-9-5 9-5zM3 14l9 5 9-5',
  link: 'M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  lockOpen: 'M6 11h12v9H6zM8.5 11V7a3.5 3.5 0 0 1 6.8-1.2',
  logout: 'M14 8V4H4v16h10v-4M9 12h12m-4-4 4 4-4 4',
  moon: 'M20 14a8 8 0 0 1-10-10 8 8 0 1 0 10 10z',
  pencil: 'm4 20 1-5L16 4l4 4L9 19l-5 1zM13 7l4 4',
  play: 'M7 5v14l12-7z',
  plug: 'M9 3v5M15 3v5M6 8h12v3a6 6 0 0 1-12 0V8zM12 17v4',
  plus: 'M12 5v14M5 12h14',
  question: 'M8.5 9a3.5 3.5 0 1 1 5 3.2c-1 .5-1.5 1.2-1.5 2.3M12 18v.01',
  refresh: 'M20 11a8 8 0 0 0-15-3M4 4v4h4M4 13a8 8 0 0 0 15 3M20 20v-4h-4',
  rollout: 'M4 6h7M4 12h11M4 18h5M15 6l3 0M18 9l3 3-3 3M13 18h8',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM20 20l-4-4',
  server: 'M4 4h16v7H4zM4 13h16v7H4zM8 7.5v.01M8 16.5v.01',
  settings: 'M4 7h10M18 7h2M16 9a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM4 17h2M10 17h10M8 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
  spinner: 'M12 3a9 9 0 1 1-9 9',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.5 1.5M17.5 17.5 19 19M19 5l-1.5 1.5M6.5 17.5 5 19',
  trash: 'M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v6M14 11v6',
  undo: 'M8 5 4 9l4 4M4 9h10a5 5 0 0 1 0 10h-4',
  user: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM5 20a7 7 0 0 1 14 0',
  users: 'M9 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM2 20a7 7 0 0 1 14 0M16 4.3a4 4 0 0 1 0 7.4M18 14a7 7 0 0 1 4 6',
  webhook: 'M12 9a3 3 0 1 0-2.5-1.3L6 14M6 20a3 3 0 1 0 0-6M18 20a3 3 0 1 0-2.8-4M15 16H9M12 6l4 7',
} as const

/** The name of an icon. */
export type IconName = keyof typeof outlines

interface IconProps {
  name: IconName
  /** In pixels. */
  size?: number
  /** Spins while it is shown. */
  spin?: boolean
}

/** An icon next to a word; screen readers skip it. */
export function Icon({ name, size = 16, spin = false }: IconProps) {
  return (
    <svg
      className={spin ? 'icon spin' : 'icon'}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={2}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={outlines[name]} />
    </svg>
  )
}
