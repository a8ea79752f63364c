-- Requests from a list, for wrk. Started as: wrk -s requests.lua ORIGIN -- LIST HOW
--
-- LIST holds one request a line: class, label, cookie, address it comes from, method, path, body, with tabs between.
-- HOW is one of
--   mix      70 % of the class "dashboard", 15 % "list", 5 % "directory", each picked by chance; 10 % of the class
--            "act", in the order of the list, each once
--   compare  the same over one connection, after a look at every page; each page is compared with what was last seen
--            of it, and done() tells how many were hits, and how many misses were the same as before
--   each     every request once, in order, and then from the beginning
local plans = { dashboard = {}, list = {}, directory = {}, act = {} }
local all, pages, how, begun = {}, {}, nil, false
local next_act, next_of_all = 1, 1
local last = nil
local seen = {}
counts = {}
acts_left = 0

local compare
local threads = {}
function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  how = args[2]
  math.randomseed(2026)
  for line in io.lines(args[1]) do
    local class, label, cookie, from, method, path, body =
      line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)\t(.*)$")
    local headers = {}
    for name, value in pairs(wrk.headers) do headers[name] = value end
    if cookie ~= "" then headers["Cookie"] = cookie end
    if from ~= "" then headers["X-Forwarded-For"] = from end
    if method == "POST" then
      headers["Content-Type"] = "application/x-www-form-urlencoded"
    elseif how ~= "compare" then
      headers["Accept-Encoding"] = "gzip, deflate, br"
    end
    local item = { text = wrk.format(method, path, headers, method == "POST" and body or nil), label = label, class = class }
    table.insert(plans[class], item)
    table.insert(all, item)
    if class ~= "act" then table.insert(pages, item) end
  end
  acts_left = #plans.act
  -- Only where it is wanted: reading each answer costs wrk a part of its speed.
  if how == "compare" then response = compare end
end

local function pick(plan)
  return plan[math.random(#plan)]
end

local function mixed()
  local dice = math.random()
  if dice < 0.70 then return pick(plans.dashboard) end
  if dice < 0.85 then return pick(plans.list) end
  if dice < 0.90 then return pick(plans.directory) end
  local act = plans.act[next_act]
  if act == nil then
    acts_left = -1
    return pick(plans.dashboard)
  end
  next_act = next_act + 1
  acts_left = acts_left - 1
  return act
end

function request()
  if not begun then
    -- wrk asks once before it begins, and sends nothing.
    begun = true
    return all[1].text
  end
  if how == "each" or (how == "compare" and next_of_all <= #pages) then
    local items = how == "each" and all or pages
    last = items[next_of_all]
    next_of_all = next_of_all + 1
    if how == "each" and next_of_all > #all then next_of_all = 1 end
  else
    last = mixed()
  end
  return last.text
end

local function count(what)
  local name = last.label .. "\t" .. what
  counts[name] = (counts[name] or 0) + 1
end

compare = function(_, headers, body)
  if last.class == "act" then
    count("act")
    return
  end
  local outcome = headers["x-cache"] or headers["X-Cache"] or "none"
  local from, to = body:find('<p class="unchanged">.-</p>')
  local page = from and (body:sub(1, from - 1) .. body:sub(to + 1)) or body
  local before = seen[last.text]
  seen[last.text] = page
  if before == nil then return end
  count(outcome)
  if outcome ~= "hit" and before == page then count("same") end
  if outcome == "hit" and before ~= page then count("wrong") end
end

function done()
  for _, thread in ipairs(threads) do
    io.write(string.format("count\tall\tacts left\t%d\n", thread:get("acts_left")))
    for name, number in pairs(thread:get("counts")) do
      io.write(string.format("count\t%s\t%d\n", name, number))
    end
  end
end
