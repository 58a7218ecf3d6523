import { Fragment } from 'react'
import type { Schemas } from '~/api/client'
import { CopyValue } from '~/components/git/CopyValue'
import { CopyButton } from '~/ui/CopyButton'
import { Icon } from '~/ui/Icon'
import classes from './ConsumerInstructions.module.css'
import { adminInstructions, permissionLabel } from './instructions'

/** The name that people read on the provider's consent page. */
const consumerName = 'Towpath'

/**
 * How to create the OAuth application, in the provider's own words, with the values to enter there.
 */
export function ConsumerInstructions({ type, instanceUrl }: { type: Schemas['ProviderType']; instanceUrl?: string }) {
  return (
    <section className="panel stack" aria-labelledby="instructions">
      <div className="row between wrap">
        <h2 id="instructions">Create the {type.appLabel}</h2>
        <CopyButton
          words
          value={adminInstructions(type, consumerName, instanceUrl)}
          label={`Copy instructions for your ${adminName(type)} admin`}
        />
      </div>
      <ol className={classes.steps}>
        {type.steps.map(step => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <dl className="facts">
        <dt>Name</dt>
        <dd>
          <CopyValue label="Name" value={consumerName} />
        </dd>
        <dt>{type.callbackLabel}</dt>
        <dd>
          <CopyValue label={type.callbackLabel} value={type.callbackUrl} />
        </dd>
        <dt>Permissions</dt>
        <dd>
          <Boxes permissions={type.permissions} />
        </dd>
        {type.rungs.map(rung => (
          <Fragment key={rung.number}>
            <dt>Optional</dt>
            <dd>
              <Boxes permissions={rung.permissions} />
              <p className="muted">Gives {rung.gives}.</p>
            </dd>
          </Fragment>
        ))}
      </dl>
    </section>
  )
}

/** The boxes to tick. */
function Boxes({ permissions }: { permissions: Schemas['ProviderPermission'][] }) {
  return (
    <ul className={classes.boxes}>
      {permissions.map(permission => (
        <li key={permission.scope}>
          <span className={classes.box}>
            <Icon name="check" size={12} />
          </span>
          <span>
            <strong>{permissionLabel(permission)}</strong>
            <span className="muted">, {permission.why}</span>
          </span>
        </li>
      ))}
    </ul>
  )
}

/** The provider's name without its domain, for its admins. */
function adminName(type: Schemas['ProviderType']): string {
  return type.name.replace(/\.(org|com)$/, '')
}
