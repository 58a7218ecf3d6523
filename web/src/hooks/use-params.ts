import { useNavigate, useParams, useSearch } from '@tanstack/react-router'

/** A part of the page's address. A page at an address without it is a bug, so it throws. */
export function useParam(name: string): string {
  const params: Record<string, string> = useParams({ strict: false })
  const value = params[name]
  if (!value) throw new Error(`the address has no ${name}`)
  return value
}

/** A filter in the address, and the function that changes it; "" removes it. */
export function useFilter(name: string): [string, (value: string) => void] {
  const search: Record<string, unknown> = useSearch({ strict: false })
  const navigate = useNavigate()
  const value = search[name]
  const set = (next: string) =>
    void navigate({
      to: '.',
      replace: true,
      search: ((old: Record<string, unknown>) => ({ ...old, [name]: next || undefined })) as never,
    })
  return [value === undefined ? '' : String(value), set]
}
