-- The same as resolve_bridge.py, for fuscript: the Lua (LuaJIT, 5.1) that every DaVinci Resolve brings along, so that no
-- Python is needed. The protocol is described there, and what Resolve's interface is like.

local BRIDGE = 1

-- Only the channel writes to standard output.
print = function(...)
  local words = {}
  for i = 1, select('#', ...) do words[i] = tostring((select(i, ...))) end
  io.stderr:write(table.concat(words, '\t'), '\n')
end

-- JSON ---------------------------------------------------------------------------------------------------------------

-- Marks a table as a list, also when it is empty.
local list_mark = {}
local function list(items) return setmetatable(items or {}, list_mark) end

local escapes = { ['"'] = '\\"', ['\\'] = '\\\\', ['\n'] = '\\n', ['\r'] = '\\r', ['\t'] = '\\t' }

local function quote(text)
  local escaped = text:gsub('[%c"\\\127]', function(char)
    return escapes[char] or string.format('\\u%04x', char:byte())
  end)
  return '"' .. escaped .. '"'
end

local function encode(value)
  local kind = type(value)
  if kind == 'boolean' then return tostring(value) end
  if kind == 'number' then
    if value ~= value or value == math.huge or value == -math.huge then return 'null' end
    return (string.format('%.14g', value))
  end
  if kind == 'string' then return quote(value) end
  if kind ~= 'table' then return 'null' end
  local parts = {}
  if getmetatable(value) == list_mark then
    for i, item in ipairs(value) do parts[i] = encode(item) end
    return '[' .. table.concat(parts, ',') .. ']'
  end
  for key, item in pairs(value) do parts[#parts + 1] = quote(tostring(key)) .. ':' .. encode(item) end
  return '{' .. table.concat(parts, ',') .. '}'
end

local function utf8_of(code)
  if code < 0x80 then return string.char(code) end
  if code < 0x800 then return string.char(0xc0 + math.floor(code / 0x40), 0x80 + code % 0x40) end
  local tail = string.char(0x80 + math.floor(code / 0x40) % 0x40, 0x80 + code % 0x40)
  if code < 0x10000 then return string.char(0xe0 + math.floor(code / 0x1000)) .. tail end
  return string.char(0xf0 + math.floor(code / 0x40000), 0x80 + math.floor(code / 0x1000) % 0x40) .. tail
end

local unescapes = { b = '\b', f = '\f', n = '\n', r = '\r', t = '\t' }

-- `null` becomes nil: a key is then absent, as it is in what Resolve tells.
local function decode(text)
  local at = 1
  local read

  local function fail() error('not JSON at ' .. at, 0) end
  local function blank() at = text:find('[^ \t\r\n]', at) or #text + 1 end
  local function take(char)
    blank()
    if text:sub(at, at) ~= char then return false end
    at = at + 1
    return true
  end
  local function read_string()
    local parts = {}
    while true do
      local from, to = text:find('^[^"\\]+', at)
      if from then
        parts[#parts + 1] = text:sub(from, to)
        at = to + 1
      end
      local char = text:sub(at, at)
      at = at + 1
      if char == '"' then return table.concat(parts) end
      if char ~= '\\' then fail() end
      local escaped = text:sub(at, at)
      at = at + 1
      if escaped == 'u' then
        local code = tonumber(text:sub(at, at + 3), 16) or fail()
        at = at + 4
        local low = text:match('^\\u([dD][c-fC-F]%x%x)', at)
        if code >= 0xd800 and code < 0xdc00 and low then
          code = 0x10000 + (code - 0xd800) * 0x400 + tonumber(low, 16) - 0xdc00
          at = at + 6
        end
        parts[#parts + 1] = utf8_of(code)
      else
        parts[#parts + 1] = unescapes[escaped] or escaped
      end
    end
  end
  local function read_list()
    local items = list()
    if take(']') then return items end
    repeat items[#items + 1] = read() until not take(',')
    if not take(']') then fail() end
    return items
  end
  local function read_object()
    local object = {}
    if take('}') then return object end
    repeat
      if not take('"') then fail() end
      local key = read_string()
      if not take(':') then fail() end
      object[key] = read()
    until not take(',')
    if not take('}') then fail() end
    return object
  end
  function read()
    if take('"') then return read_string() end
    if take('{') then return read_object() end
    if take('[') then return read_list() end
    blank()
    local word = text:match('^[%w.+-]+', at)
    if not word then fail() end
    at = at + #word
    if word == 'true' then return true end
    if word == 'false' then return false end
    if word == 'null' then return nil end
    return tonumber(word) or fail()
  end

  local value = read()
  blank()
  if at <= #text then fail() end
  return value
end

-- Resolve's objects --------------------------------------------------------------------------------------------------

-- Calls a method; nil when this version of Resolve does not have it, or the object is nil.
local function ask(thing, method, ...)
  if thing == nil then return nil end
  local called = thing[method]
  if called == nil then return nil end
  return (called(thing, ...))
end

-- Lists of Resolve's are tables that are numbered from 1, or nil.
local function each(value) return ipairs(type(value) == 'table' and value or {}) end

local function number(value) return type(value) == 'number' and value or nil end
local function count(value) return number(value) or 0 end
local function text(value) if value ~= nil then return tostring(value) end end

local function plain(value)
  local kind = type(value)
  if kind == 'number' or kind == 'boolean' then return value end
  return text(value)
end

local function refuse(code, message) error({ code = code, message = message }, 0) end
local function describe(problem)
  return type(problem) == 'table' and problem.message or tostring(problem)
end

local function name_of(item)
  local ok, name = pcall(ask, item, 'GetName')
  return ok and text(name) or ''
end

local function project_id(project) return text(ask(project, 'GetUniqueId')) or text(ask(project, 'GetName')) end
local function project_view(project) return { id = project_id(project), name = text(ask(project, 'GetName')) } end
local function timeline_id(timeline) return text(ask(timeline, 'GetUniqueId')) end

local function clip_view(media_id, clip, keys)
  local properties = ask(clip, 'GetClipProperty')
  if type(properties) ~= 'table' then error('Resolve tells no properties of it', 0) end
  local told = {}
  for _, key in ipairs(keys) do told[key] = plain(properties[key]) end
  return { id = media_id, name = text(ask(clip, 'GetName')), properties = told }
end

local function timeline_view(index, timeline, current)
  local items = { video = 0, audio = 0 }
  for track in pairs(items) do
    for at = 1, count(ask(timeline, 'GetTrackCount', track)) do
      for _ in each(ask(timeline, 'GetItemListInTrack', track, at)) do items[track] = items[track] + 1 end
    end
  end
  local own, name = timeline_id(timeline), text(ask(timeline, 'GetName'))
  local same
  if own then same = timeline_id(current) == own else same = text(ask(current, 'GetName')) == name end
  return {
    index = index,
    id = own,
    name = name,
    current = current ~= nil and same,
    rate = plain(ask(timeline, 'GetSetting', 'timelineFrameRate')),
    dropFrame = plain(ask(timeline, 'GetSetting', 'timelineDropFrameTimecode')),
    startTimecode = text(ask(timeline, 'GetStartTimecode')),
    videoItems = items.video,
    audioItems = items.audio
  }
end

local function app()
  local connect = bmd and bmd.scriptapp or Resolve
  if connect == nil then refuse('no-api', 'this Lua is not the fuscript of DaVinci Resolve') end
  local resolve = connect('Resolve')
  if resolve == nil then refuse('no-resolve', 'DaVinci Resolve does not answer') end
  return resolve
end

local function manager()
  local found = ask(app(), 'GetProjectManager')
  if found == nil then refuse('no-resolve', 'DaVinci Resolve does not answer any more') end
  return found
end

local function open_project()
  local project = ask(manager(), 'GetCurrentProject')
  if project == nil then refuse('no-project', 'no project is open in DaVinci Resolve') end
  return project
end

-- What `read` makes of the open project, unless another one was opened meanwhile: all of it is dead then.
local function steadily(read)
  local project = open_project()
  local view = project_view(project)
  local ok, result = pcall(read, project)
  if project_id(open_project()) ~= view.id then
    refuse('no-project', 'another project was opened in DaVinci Resolve meanwhile')
  end
  if not ok then error(result, 0) end
  result.project = view
  return result
end

local function timelines(project)
  local found = {}
  for index = 1, count(ask(project, 'GetTimelineCount')) do
    local timeline = ask(project, 'GetTimelineByIndex', index)
    if timeline ~= nil then found[#found + 1] = { index = index, timeline = timeline } end
  end
  return found
end

-- By its id, else by its index, else the one that is open.
local function pick_timeline(project, id, index)
  local found
  if id then
    for _, one in ipairs(timelines(project)) do
      if timeline_id(one.timeline) == id then found = found or one.timeline end
    end
  elseif index then
    if index >= 1 and index <= count(ask(project, 'GetTimelineCount')) then
      found = ask(project, 'GetTimelineByIndex', index)
    end
  else
    found = ask(project, 'GetCurrentTimeline')
  end
  if found == nil then
    local which = (id or index) and 'there is no such timeline' or 'no timeline is open'
    refuse('no-timeline', which .. ' in the project ' .. tostring(ask(project, 'GetName')))
  end
  return found
end

-- Clips of the media pool by media id, in order, and the project that they are of.
local clips, clip_ids, clips_of = {}, {}, nil

local function gather(project, alive)
  clips, clip_ids, clips_of = {}, {}, project_id(project)
  local problems = list()
  local folders = { ask(ask(project, 'GetMediaPool'), 'GetRootFolder') }
  while #folders > 0 do
    local folder = table.remove(folders)
    for _, clip in each(ask(folder, 'GetClipList')) do
      alive()
      local ok, id = pcall(ask, clip, 'GetMediaId')
      if not ok then
        problems[#problems + 1] = { name = 'a clip', message = describe(id) }
      elseif id ~= nil and id ~= '' then
        id = text(id)
        if not clips[id] then
          clips[id] = {}
          clip_ids[#clip_ids + 1] = id
        end
        table.insert(clips[id], clip)
      end
    end
    for _, inner in each(ask(folder, 'GetSubFolderList')) do folders[#folders + 1] = inner end
  end
  return problems
end

local function all_alive(found, media_id)
  for _, clip in ipairs(found) do
    local ok, id = pcall(ask, clip, 'GetMediaId')
    if not ok or text(id) ~= media_id then return false end
  end
  return true
end

local function lookup(project, media_id, alive)
  local found = clips_of == project_id(project) and clips[media_id] or nil
  if not found or not all_alive(found, media_id) then
    gather(project, alive)
    found = clips[media_id]
  end
  if not found then
    local name = tostring(ask(project, 'GetName'))
    refuse('no-media', 'the media pool of the project ' .. name .. ' has no clip ' .. tostring(media_id))
  end
  return found
end

-- Does it to every clip of the media pool that has the media id, in the project that was meant.
local function change(params, alive, act)
  local project = open_project()
  if params.project and params.project ~= project_id(project) then
    refuse('no-project', 'another project is open in DaVinci Resolve')
  end
  local done = true
  for _, clip in ipairs(lookup(project, params.media, alive)) do done = act(clip) == true and done end
  return { done = done }
end

-- The distinct media of a timeline, those of timelines inside it with them.
local function walk(project, root, keys, alive)
  local media, by_id = list(), {}
  local skipped, problems = list(), list()
  local nested, seen = nil, {}
  local walk_timeline

  -- A clip without a file. Timelines can be looked into, compound and multicam clips cannot.
  local function inner(item, media_id, enabled)
    if nested == nil then
      nested = {}
      for _, one in ipairs(timelines(project)) do
        local id = text(ask(ask(one.timeline, 'GetMediaPoolItem'), 'GetMediaId'))
        if id then nested[id] = one.timeline end
      end
    end
    local key = media_id .. tostring(enabled)
    if nested[media_id] == nil then
      skipped[#skipped + 1] = { kind = 'nested', name = name_of(item) }
    elseif not seen[key] then
      seen[key] = true
      walk_timeline(nested[media_id], enabled)
    end
  end

  local function walk_item(item, track, enabled)
    local clip = ask(item, 'GetMediaPoolItem')
    local media_id = text(ask(clip, 'GetMediaId'))
    if media_id == nil or media_id == '' then
      skipped[#skipped + 1] = { kind = 'generated', name = name_of(item) }
      return
    end
    enabled = enabled and ask(item, 'GetClipEnabled') ~= false
    local view = by_id[media_id]
    if view == nil then
      view = clip_view(media_id, clip, keys)
      local path = view.properties['File Path']
      if path == nil or path == '' then return inner(item, media_id, enabled) end
      view.uses = list()
      by_id[media_id] = view
      media[#media + 1] = view
    end
    view.uses[#view.uses + 1] = {
      track = track,
      enabled = enabled,
      sourceStart = number(ask(item, 'GetSourceStartFrame')),
      sourceEnd = number(ask(item, 'GetSourceEndFrame')),
      duration = number(ask(item, 'GetDuration')),
      leftOffset = number(ask(item, 'GetLeftOffset')),
      rightOffset = number(ask(item, 'GetRightOffset'))
    }
  end

  function walk_timeline(timeline, enabled)
    for _, track in ipairs({ 'video', 'audio' }) do
      for at = 1, count(ask(timeline, 'GetTrackCount', track)) do
        local on = enabled and ask(timeline, 'GetIsTrackEnabled', track, at) ~= false
        for _, item in each(ask(timeline, 'GetItemListInTrack', track, at)) do
          alive()
          local ok, problem = pcall(walk_item, item, track, on)
          if not ok then problems[#problems + 1] = { name = name_of(item), message = describe(problem) } end
        end
      end
    end
  end

  walk_timeline(root, true)
  return media, skipped, problems
end

-- Requests -----------------------------------------------------------------------------------------------------------

local methods = {}

function methods.hello()
  local resolve = app()
  local project = ask(manager(), 'GetCurrentProject')
  return {
    product = text(ask(resolve, 'GetProductName')),
    version = text(ask(resolve, 'GetVersionString')),
    page = text(ask(resolve, 'GetCurrentPage')),
    project = project ~= nil and project_view(project) or nil
  }
end

function methods.timelines(_, alive)
  return steadily(function(project)
    local current = ask(project, 'GetCurrentTimeline')
    local views, problems = list(), list()
    for _, one in ipairs(timelines(project)) do
      alive()
      local ok, view = pcall(timeline_view, one.index, one.timeline, current)
      if ok then views[#views + 1] = view
      else problems[#problems + 1] = { name = 'timeline ' .. one.index, message = describe(view) } end
    end
    return { timelines = views, problems = problems }
  end)
end

function methods.media(params, alive)
  return steadily(function(project)
    local timeline = pick_timeline(project, params.id, params.index)
    local media, skipped, problems = walk(project, timeline, params.keys or {}, alive)
    return { timeline = timeline_view(nil, timeline, nil), media = media, skipped = skipped, problems = problems }
  end)
end

function methods.pool(params, alive)
  return steadily(function(project)
    local problems = gather(project, alive)
    local views = list()
    for _, id in ipairs(clip_ids) do
      for _, clip in ipairs(clips[id]) do
        alive()
        local ok, view = pcall(clip_view, id, clip, params.keys or {})
        if ok then views[#views + 1] = view
        else problems[#problems + 1] = { name = id, message = describe(view) } end
      end
    end
    return { media = views, problems = problems }
  end)
end

function methods.link(params, alive)
  return change(params, alive, function(clip) return ask(clip, 'LinkProxyMedia', params.path) end)
end

function methods.unlink(params, alive)
  return change(params, alive, function(clip) return ask(clip, 'UnlinkProxyMedia') end)
end

-- The channel --------------------------------------------------------------------------------------------------------

local function say(message)
  io.stdout:write(encode(message), '\n')
  io.stdout:flush()
end

-- At most once a second: a long walk through a media pool is not silence.
local function alive_sayer(id)
  local last = os.time()
  return function()
    if os.time() == last then return end
    last = os.time()
    say({ id = id, alive = true })
  end
end

local function answer(line)
  local id = 0
  local ok, result = pcall(function()
    local request = decode(line)
    id = request.id
    local method = methods[request.method]
    if method == nil then refuse('bad-request', 'there is no method ' .. tostring(request.method)) end
    return method(request.params or {}, alive_sayer(id))
  end)
  if ok then return { id = id, result = result } end
  local code = type(result) == 'table' and result.code or 'failed'
  return { id = id, error = { code = code, message = describe(result) } }
end

say({ bridge = BRIDGE, runtime = type(jit) == 'table' and jit.version or _VERSION })
for line in io.stdin:lines() do
  if line:find('%S') then say(answer(line)) end
end
