import type { Schemas } from '~/api/client'
import { count } from '~/util/str'
import { type LinkValues, patternsOf } from './values'

export type Convention = Schemas['FoundConvention']

/** The settings that a convention fills in. */
export type Preset = Pick<LinkValues, 'baseDirectory' | 'filePathTemplate' | 'exclude' | 'placeholders'>

/** The preset of a convention; undefined when a link cannot run its files. */
export function presetOf(found: Convention): Preset | undefined {
  const { baseDirectory, filePathTemplate, exclude, placeholders } = found
  if (filePathTemplate === undefined) return undefined
  return { baseDirectory, filePathTemplate, exclude: exclude.join('\n'), placeholders }
}

/** Whether a form has the settings of a preset. */
export function isTaken(preset: Preset, values: LinkValues): boolean {
  return (
    preset.baseDirectory === values.baseDirectory.trim().replace(/^\/+|\/+$/g, '') &&
    preset.filePathTemplate === values.filePathTemplate &&
    preset.placeholders === values.placeholders &&
    preset.exclude === patternsOf(values.exclude).join('\n')
  )
}

/** The files of a convention: "412 files fit, 3 do not fit, 40 are left out". */
export function countsOf(found: Convention): string {
  if (found.filePathTemplate === undefined) return count(found.other, 'file')
  const words = [`${count(found.fit, 'file')} ${found.fit === 1 ? 'fits' : 'fit'}`]
  if (found.other > 0) words.push(`${found.other.toLocaleString('en')} ${found.other === 1 ? 'does' : 'do'} not fit`)
  if (found.excluded > 0)
    words.push(`${found.excluded.toLocaleString('en')} ${found.excluded === 1 ? 'is' : 'are'} left out`)
  return words.join(', ')
}

/** The first files that do not fit, and that more follow. */
export function othersOf(found: Convention): string {
  if (found.filePathTemplate === undefined || found.other === 0) return ''
  const more = found.other > found.otherExamples.length ? ', …' : ''
  return `Does not fit: ${found.otherExamples.join(', ')}${more}`
}
