import { useNavigate, useParams, useSearch } from '@tanstack/react-router'

/** A part of the page's address. A page that is not at such an address is a fault of ours, so it fails loudly. */
export function useParam(name: string): string {
  const params: Record<string, string> = useParams({ strict: false })
  const value = params[name]
  if (!value) throw new Error(`the address has no ${name}`)
  return value
}

/** A filter that is kept in the address, and the function that changes it; "" takes it out. */
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
