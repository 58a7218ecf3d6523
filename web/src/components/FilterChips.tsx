import { useScrollRow } from '~/ui/ScrollRow'
import classes from './FilterChips.module.css'

interface FilterChipsProps<V extends string> {
  label: string
  options: readonly (readonly [value: V, label: string])[]
  value: V
  onChange: (value: V) => void
}

/** One choice out of a few, which filters the list below. */
export function FilterChips<V extends string>({ label, options, value, onChange }: FilterChipsProps<V>) {
  const row = useScrollRow<HTMLFieldSetElement>()
  return (
    <fieldset {...row} className={`${row.className} ${classes.chips}`}>
      <legend className="visually-hidden">{label}</legend>
      {options.map(([option, words]) => (
        <button key={option} type="button" aria-pressed={option === value} onClick={() => onChange(option)}>
          {words}
        </button>
      ))}
    </fieldset>
  )
}
