import { ApiError } from '~/api/errors'
import { limitMilliseconds, limitText } from '~/util/limit'

/** Converts limits of the API into texts of a form. */
export function limitTexts<K extends string>(names: readonly K[], limits: Record<K, number>): Record<K, string> {
  return Object.fromEntries(names.map(name => [name, limitText(limits[name])])) as Record<K, string>
}

/**
 * Converts texts of a form into limits for the API. Throws an ApiError with a message for each text
 * that is not a time.
 */
export function limitsOf<K extends string>(names: readonly K[], texts: Record<K, string>): Record<K, number> {
  const limits = names.map(name => [name, limitMilliseconds(texts[name])] as const)
  const errors = limits
    .filter(([, ms]) => ms === undefined)
    .map(([name]) => ({
      location: `body.${name}`,
      message: `“${texts[name]}” is not a duration. Enter a number and a unit, such as 500 ms, 5 s, 10 min or 1 h, or leave it empty.`,
    }))
  if (errors.length > 0) throw new ApiError(422, { detail: 'Some limits are not durations.', errors })
  return Object.fromEntries(limits) as Record<K, number>
}
