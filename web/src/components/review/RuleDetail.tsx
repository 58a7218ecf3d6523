import { Checkbox, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { Schemas } from '~/api/client'
import { insistsOn, type Policy, type Rule } from '~/api/review'
import classes from './Rules.module.css'
import type { ChangePolicy } from './RuleTable'
import { Snippet } from './Snippet'

interface RuleDetailProps {
  rule: Rule
  policies: Policy[]
  onChange: ChangePolicy | undefined
}

/** What goes wrong, an example, the safe way, and what can be set beside the level. */
export function RuleDetail({ rule, policies, onChange }: RuleDetailProps) {
  return (
    <div className={classes.panel}>
      <p className="reading">{rule.why}</p>
      <div className={classes.examples}>
        <Snippet label="What it finds" text={rule.bad} tone="bad" />
        {rule.good && <Snippet label="Safe way" text={rule.good} tone="good" />}
      </div>
      <Snippet label="Comment that allows it" text={`-- towpath: allow ${rule.id} because …`} />
      {rule.settings.map(setting => (
        <fieldset key={setting.name} className={classes.settings}>
          <legend>
            <span className="mono">{setting.name}</span>: {setting.what}
          </legend>
          {policies.map(policy => (
            <Setting key={policy.environmentId} rule={rule} setting={setting} policy={policy} onChange={onChange} />
          ))}
          {policies.length === 0 && <span className="mono">{setting.default || 'nothing'}</span>}
        </fieldset>
      ))}
      {policies.length > 0 && <Insist rule={rule} policies={policies} onChange={onChange} />}
    </div>
  )
}

function Insist({ rule, policies, onChange }: RuleDetailProps) {
  return (
    <fieldset className={classes.settings}>
      <legend>Keep comments and towpath.yaml from weakening {rule.id}</legend>
      {policies.map(policy => {
        const insists = insistsOn(policy, rule)
        return (
          <Checkbox
            key={policy.environmentId}
            label={policy.environment}
            description={insists === 'every' ? 'as every rule here' : undefined}
            checked={insists !== ''}
            disabled={!onChange || insists === 'every'}
            onChange={event => onChange?.(policy.environmentId, { insist: { [rule.id]: event.currentTarget.checked } })}
          />
        )
      })}
    </fieldset>
  )
}

interface SettingProps {
  rule: Rule
  setting: Schemas['ReviewSetting']
  policy: Policy
  onChange: ChangePolicy | undefined
}

/** A setting in one environment. It is saved on Enter and when the field is left; empty is the default. */
function Setting({ rule, setting, policy, onChange }: SettingProps) {
  const saved = policy.settings[rule.id]?.[setting.name] ?? ''
  const [text, setText] = useState(saved)
  const [before, setBefore] = useState(saved)
  if (before !== saved) {
    setBefore(saved)
    setText(saved)
  }
  const save = () => {
    if (text !== saved) onChange?.(policy.environmentId, { settings: { [rule.id]: { [setting.name]: text || null } } })
  }
  return (
    <TextInput
      label={policy.environment}
      size="xs"
      className={classes.setting}
      placeholder={setting.default || 'nothing'}
      value={text}
      readOnly={!onChange}
      inputMode={setting.kind === 'number' ? 'numeric' : 'text'}
      onChange={event => setText(event.currentTarget.value)}
      onBlur={save}
      onKeyDown={event => event.key === 'Enter' && save()}
    />
  )
}
