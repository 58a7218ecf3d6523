// Shows the documentation in the theme that the console is set to, else in that of the system.
{
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const apply = () => {
    const chosen = localStorage.getItem('mantine-color-scheme-value')
    const scheme = chosen === 'light' || chosen === 'dark' ? chosen : dark.matches ? 'dark' : 'light'
    document.documentElement.dataset.mantineColorScheme = scheme
  }
  apply()
  dark.addEventListener('change', apply)
  window.addEventListener('storage', apply)
}
