// Searches the sections of all documents, which it loads when somebody begins to search.
{
  const input = document.getElementById('search')
  const list = document.getElementById('found')
  const most = 12
  const perPage = 2
  let sections
  const load = () => {
    sections ??= fetch('/docs/search.json').then(answer => (answer.ok ? answer.json() : Promise.reject(answer.status)))
    return sections
  }

  /** How well a section fits the words: 0 when one of them is missing. Decisions come after guides. */
  const rank = ([address, page, title, text], words) => {
    let sum = 0
    for (const word of words) {
      const inTitle = title.toLowerCase().includes(word)
      if (inTitle) sum += 8
      else if (page.toLowerCase().includes(word)) sum += 4
      else if (text.toLowerCase().includes(word)) sum += 1
      else return 0
    }
    return address.startsWith('/docs/adr/') ? sum / 8 : sum
  }

  /** The best sections, with few of each page so that there is room for others. */
  const best = (all, words) => {
    const ranked = all.map(section => [rank(section, words), section]).filter(([points]) => points > 0)
    const taken = new Map()
    return ranked
      .sort(([a], [b]) => b - a)
      .map(([, section]) => section)
      .filter(([, page]) => taken.set(page, (taken.get(page) ?? 0) + 1).get(page) <= perPage)
      .slice(0, most)
  }

  /** The words around the first hit. */
  const around = (text, words) => {
    const places = words.map(word => text.toLowerCase().indexOf(word)).filter(at => at >= 0)
    const from = Math.max(0, Math.min(...(places.length > 0 ? places : [0])) - 40)
    return (from > 0 ? '…' : '') + text.slice(from, from + 140) + (from + 140 < text.length ? '…' : '')
  }

  const element = (tag, text, className) => {
    const made = document.createElement(tag)
    made.textContent = text
    if (className) made.className = className
    return made
  }

  const show = async () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean)
    if (words.length === 0) return list.replaceChildren()
    let all
    try {
      all = await load()
    } catch {
      sections = undefined
      return list.replaceChildren(element('p', 'The search could not be loaded. Type again to try again.'))
    }
    const found = best(all, words)
    if (found.length === 0) return list.replaceChildren(element('p', 'Nothing found. Try fewer or other words.'))
    const items = found.map(([address, page, title, text]) => {
      const link = document.createElement('a')
      link.href = address
      link.append(element('strong', title === page ? page : `${page}: ${title}`), element('span', around(text, words)))
      return link
    })
    list.replaceChildren(...items)
  }

  const close = () => list.replaceChildren()
  input.hidden = false
  input.addEventListener('focus', () => void load().catch(() => (sections = undefined)))
  input.addEventListener('input', show)
  input.addEventListener('keydown', event => {
    if (event.key === 'Enter') list.querySelector('a')?.click()
  })
  document.addEventListener('keydown', event => {
    if (event.key === 'Escape') close()
  })
  list.addEventListener('click', close)
  document.addEventListener('click', event => {
    if (!event.target.closest('search')) close()
  })
}
