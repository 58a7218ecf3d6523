import { Icon } from '~/ui/Icon'
import classes from './Stepper.module.css'

/** The current step in a flow of a few steps. */
export function Stepper({ steps, current }: { steps: readonly string[]; current: number }) {
  return (
    <ol className={classes.steps} aria-label="Steps">
      {steps.map((step, index) => (
        <li key={step} data-done={index < current} {...(index === current ? { 'aria-current': 'step' } : {})}>
          <span className={classes.number}>{index < current ? <Icon name="check" size={12} /> : index + 1}</span>
          <span className={classes.word}>{step}</span>
          {index < current && <span className="visually-hidden">, done</span>}
        </li>
      ))}
    </ol>
  )
}
