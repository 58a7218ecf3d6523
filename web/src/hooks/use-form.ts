import { type FormEvent, useState } from 'react'
import { formErrors } from '~/api/errors'

interface FormOptions<V extends object> {
  initial: V
  /**
   * Throws an ApiError when the API refuses; its messages are shown under the fields that they
   * name.
   */
  submit: (values: V) => Promise<unknown>
}

/** A form's values, errors and progress. Values survive errors. */
export function useForm<V extends object>({ initial, submit }: FormOptions<V>) {
  const [values, setValues] = useState(initial)
  const [failure, setFailure] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const errors = formErrors(failure, Object.keys(initial))

  const set = <K extends keyof V>(name: K, value: V[K]) => setValues(old => ({ ...old, [name]: value }))
  /** Sets several values at once. */
  const fill = (some: Partial<V>) => setValues(old => ({ ...old, ...some }))
  const onSubmit = async (event: FormEvent) => {
    event.preventDefault()
    if (busy) return
    setBusy(true)
    setFailure(null)
    try {
      await submit(values)
    } catch (error) {
      setFailure(error)
    } finally {
      setBusy(false)
    }
  }
  /** What a text field needs to be bound to a value. */
  const text = (name: keyof V & string) => ({
    name,
    value: String(values[name] ?? ''),
    error: errors.fields[name],
    onChange: (event: { currentTarget: { value: string } }) => set(name, event.currentTarget.value as V[typeof name]),
  })
  /** What a select needs to be bound to a value. */
  const choice = (name: keyof V & string) => ({
    name,
    value: String(values[name] ?? ''),
    error: errors.fields[name],
    onChange: (value: string | null) => set(name, (value ?? '') as V[typeof name]),
  })
  return { values, set, fill, text, choice, busy, onSubmit, fields: errors.fields, problem: errors.rest, failure }
}
