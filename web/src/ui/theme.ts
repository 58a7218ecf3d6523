import { createTheme, type MantineColorsTuple } from '@mantine/core'

const water: MantineColorsTuple = [
  '#e6f6f9',
  '#d0ebf0',
  '#a1d7e1',
  '#70c2d2',
  '#4ab0c4',
  '#2f9db3',
  '#19889f',
  '#0b7285',
  '#085b6b',
  '#04434f',
]
const dark: MantineColorsTuple = [
  '#dfe3e8',
  '#c3c9d1',
  '#a3acb8',
  '#76818f',
  '#4b5562',
  '#343c46',
  '#262d35',
  '#171c22',
  '#12161b',
  '#0c0f13',
]
const gray: MantineColorsTuple = [
  '#f7f8f9',
  '#eff1f3',
  '#e2e5e9',
  '#d2d7dd',
  '#b4bcc6',
  '#8a95a3',
  '#667180',
  '#4d5763',
  '#343c46',
  '#1f252c',
]

/** One accent, neutral greys, the system's fonts, 14 px: dense and calm. Shades are chosen for a contrast of 4.5 in light and dark. */
export const theme = createTheme({
  primaryColor: 'water',
  primaryShade: { light: 7, dark: 7 },
  colors: { water, dark, gray },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  fontFamilyMonospace:
    'ui-monospace, "Cascadia Code", "Source Code Pro", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  fontSizes: { xs: '13px', sm: '14px', md: '14px', lg: '16px', xl: '18px' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '20px', lineHeight: '28px' },
      h2: { fontSize: '16px', lineHeight: '24px' },
      h3: { fontSize: '14px', lineHeight: '20px' },
    },
  },
  defaultRadius: '6px',
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    Button: { defaultProps: { size: 'sm' } },
    TextInput: { defaultProps: { size: 'sm', inputWrapperOrder: ['label', 'input', 'description', 'error'] } },
    Textarea: { defaultProps: { size: 'sm', inputWrapperOrder: ['label', 'input', 'description', 'error'] } },
    PasswordInput: { defaultProps: { size: 'sm', inputWrapperOrder: ['label', 'input', 'description', 'error'] } },
    Select: {
      defaultProps: { size: 'sm', allowDeselect: false, inputWrapperOrder: ['label', 'input', 'description', 'error'] },
    },
    Menu: { defaultProps: { shadow: 'md', transitionProps: { duration: 80 } } },
    Modal: { defaultProps: { transitionProps: { duration: 80 }, centered: true } },
    Tooltip: {
      defaultProps: {
        transitionProps: { duration: 80 },
        openDelay: 300,
        events: { hover: true, focus: true, touch: true },
      },
    },
  },
})
