"""Talks to a running DaVinci Resolve for proxima-node: one JSON object a line on standard input and output.

Runs under any Python from 3.6 on, without packages, because it must be the Python that Resolve's own scripting library
fits. It knows nothing of proxies or plans: it passes on what Resolve says, and src/timeline/resolve makes sense of it.
resolve_bridge.lua is the same for fuscript, the interpreter that every Resolve brings along.

    < {"bridge": 1, "runtime": "Python 3.11.7"}                             once, first of all
    > {"id": 1, "method": "hello", "params": {}}
    < {"id": 1, "alive": true}                                              now and then, while it works
    < {"id": 1, "result": {...}}   or   {"id": 1, "error": {"code": "no-project", "message": "..."}}

It ends when its standard input does. Words for people go to standard error.

Written against the README of Resolve's Developer/Scripting folder (versions 17 to 21). Of that interface: indices start
at 1; lists, properties and whole objects may be None; a method that this version does not have is None; everything held
of a project is dead once another one is open.
"""

import importlib
import importlib.machinery
import importlib.util
import json
import math
import os
import sys
import time

BRIDGE = 1


class Refusal(Exception):
    """An answer that is an error: `code` is for the program, the text for a person."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


# --- Resolve's objects ---------------------------------------------------------------------------------------------


def ask(thing, method, *args):
    """Calls a method; None when this version of Resolve does not have it, or the object is None or dead."""
    called = None if thing is None else getattr(thing, method, None)
    return None if called is None else called(*args)


def listed(value):
    """A list of Resolve's, which may be None, or (of older versions) a dict that is numbered from 1."""
    if value is None:
        return []
    if isinstance(value, dict):
        return [value[key] for key in sorted(value)]
    return list(value)


def number(value):
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value) else None


def count(value):
    return int(value) if number(value) is not None else 0


def text(value):
    return None if value is None else str(value)


def plain(value):
    """What JSON can hold of a property's value."""
    return value if value is None or isinstance(value, (bool, str)) or number(value) is not None else str(value)


def load_api():
    """The scripting module: by name, else the library that it would load, which works where the module is too old."""
    folder = os.environ.get("RESOLVE_SCRIPT_API")
    library = os.environ.get("RESOLVE_SCRIPT_LIB")
    if folder and os.path.join(folder, "Modules") not in sys.path:
        sys.path.append(os.path.join(folder, "Modules"))
    problems = []
    try:
        module = importlib.import_module("DaVinciResolveScript")
        if getattr(module, "scriptapp", None) is not None:
            return module
        problems.append("DaVinciResolveScript has no scriptapp")
    except (Exception, SystemExit) as error:
        problems.append("DaVinciResolveScript: " + describe(error))
    if library:
        try:
            loader = importlib.machinery.ExtensionFileLoader("fusionscript", library)
            module = importlib.util.module_from_spec(importlib.util.spec_from_loader("fusionscript", loader))
            loader.exec_module(module)
            return module
        except Exception as error:
            problems.append(library + ": " + describe(error))
    raise Refusal("no-api", "; ".join(problems))


def describe(error):
    return type(error).__name__ + (": " + str(error) if str(error) else "")


# --- Requests ------------------------------------------------------------------------------------------------------


class Resolve:
    """Everything is asked for anew with every request: Resolve may have been closed, or its project, in between."""

    def __init__(self):
        self.api = None
        # The clips of the media pool by media id, and the project that they are of.
        self.clips = {}
        self.clips_of = None

    def app(self):
        if self.api is None:
            self.api = load_api()
        app = self.api.scriptapp("Resolve")
        if app is None:
            raise Refusal("no-resolve", "DaVinci Resolve does not answer")
        return app

    def manager(self):
        manager = ask(self.app(), "GetProjectManager")
        if manager is None:
            raise Refusal("no-resolve", "DaVinci Resolve does not answer any more")
        return manager

    def project(self):
        project = ask(self.manager(), "GetCurrentProject")
        if project is None:
            raise Refusal("no-project", "no project is open in DaVinci Resolve")
        return project

    def steadily(self, read):
        """What `read` makes of the open project, unless another one was opened meanwhile: all of it is dead then."""
        project = self.project()
        view = project_view(project)
        try:
            return dict(read(project), project=view)
        finally:
            # Takes the place of any other error: what the dead say does not matter.
            if project_id(self.project()) != view["id"]:
                raise Refusal("no-project", "another project was opened in DaVinci Resolve meanwhile")

    def timelines(self, project):
        for index in range(1, count(ask(project, "GetTimelineCount")) + 1):
            timeline = ask(project, "GetTimelineByIndex", index)
            if timeline is not None:
                yield index, timeline

    def timeline(self, project, wanted, index):
        """By its id, else by its index, else the one that is open."""
        found = None
        if wanted is not None:
            found = next((one for _, one in self.timelines(project) if timeline_id(one) == wanted), None)
        elif index is not None:
            if 1 <= index <= count(ask(project, "GetTimelineCount")):
                found = ask(project, "GetTimelineByIndex", index)
        else:
            found = ask(project, "GetCurrentTimeline")
        if found is None:
            which = "no timeline is open" if wanted is None and index is None else "there is no such timeline"
            raise Refusal("no-timeline", which + " in the project " + str(ask(project, "GetName")))
        return found

    # The methods that can be asked for.

    def hello(self, params, alive):
        app = self.app()
        project = ask(self.manager(), "GetCurrentProject")
        return {
            "product": text(ask(app, "GetProductName")),
            "version": text(ask(app, "GetVersionString")),
            "page": text(ask(app, "GetCurrentPage")),
            "project": None if project is None else project_view(project),
        }

    def list_timelines(self, params, alive):
        return self.steadily(lambda project: self.read_timelines(project, alive))

    def media(self, params, alive):
        return self.steadily(lambda project: self.read_media(project, params, alive))

    def pool(self, params, alive):
        return self.steadily(lambda project: self.read_pool(project, params.get("keys") or [], alive))

    def link(self, params, alive):
        return self.change(params, alive, lambda clip: ask(clip, "LinkProxyMedia", params["path"]))

    def unlink(self, params, alive):
        return self.change(params, alive, lambda clip: ask(clip, "UnlinkProxyMedia"))

    # How they are done.

    def read_timelines(self, project, alive):
        current = ask(project, "GetCurrentTimeline")
        views, problems = [], []
        for index, timeline in self.timelines(project):
            alive()
            try:
                views.append(timeline_view(index, timeline, current))
            except Exception as error:
                problems.append({"name": "timeline %d" % index, "message": describe(error)})
        return {"timelines": views, "problems": problems}

    def read_media(self, project, params, alive):
        timeline = self.timeline(project, params.get("id"), params.get("index"))
        walk = Walk(self, project, params.get("keys") or [], alive)
        walk.timeline(timeline, True)
        return {
            "timeline": timeline_view(None, timeline, None),
            "media": list(walk.media.values()),
            "skipped": walk.skipped,
            "problems": walk.problems,
        }

    def read_pool(self, project, keys, alive):
        problems = self.gather(project, alive)
        views = []
        for media_id, clips in self.clips.items():
            for clip in clips:
                alive()
                try:
                    views.append(clip_view(media_id, clip, keys))
                except Exception as error:
                    problems.append({"name": media_id, "message": describe(error)})
        return {"media": views, "problems": problems}

    def change(self, params, alive, act):
        """Does it to every clip of the media pool that has the media id, in the project that was meant."""
        project = self.project()
        if params.get("project") not in (None, project_id(project)):
            raise Refusal("no-project", "another project is open in DaVinci Resolve")
        clips = self.lookup(project, params["media"], alive)
        return {"done": all([act(clip) is True for clip in clips])}

    def lookup(self, project, media_id, alive):
        clips = self.clips.get(media_id) if self.clips_of == project_id(project) else None
        if not clips or not all(is_alive(clip, media_id) for clip in clips):
            self.gather(project, alive)
            clips = self.clips.get(media_id)
        if not clips:
            name = str(ask(project, "GetName"))
            raise Refusal("no-media", "the media pool of the project " + name + " has no clip " + media_id)
        return clips

    def gather(self, project, alive):
        self.clips, self.clips_of = {}, project_id(project)
        problems = []
        folders = [ask(ask(project, "GetMediaPool"), "GetRootFolder")]
        while folders:
            folder = folders.pop()
            for clip in listed(ask(folder, "GetClipList")):
                alive()
                try:
                    media_id = text(ask(clip, "GetMediaId"))
                    if media_id:
                        self.clips.setdefault(media_id, []).append(clip)
                except Exception as error:
                    problems.append({"name": "a clip", "message": describe(error)})
            folders.extend(listed(ask(folder, "GetSubFolderList")))
        return problems


class Walk:
    """The distinct media of a timeline, those of timelines inside it with them."""

    def __init__(self, resolve, project, keys, alive):
        self.resolve = resolve
        self.project = project
        self.keys = keys
        self.alive = alive
        self.media = {}
        self.skipped = []
        self.problems = []
        self.nested = None
        # Inner timelines are looked into once, however often they are used: their uses are the same each time.
        self.seen = set()

    def timeline(self, timeline, enabled):
        for track in ("video", "audio"):
            for index in range(1, count(ask(timeline, "GetTrackCount", track)) + 1):
                on = enabled and ask(timeline, "GetIsTrackEnabled", track, index) is not False
                for item in listed(ask(timeline, "GetItemListInTrack", track, index)):
                    self.alive()
                    try:
                        self.item(item, track, on)
                    except Exception as error:
                        self.problems.append({"name": name_of(item), "message": describe(error)})

    def item(self, item, track, enabled):
        clip = ask(item, "GetMediaPoolItem")
        media_id = text(ask(clip, "GetMediaId"))
        if not media_id:
            # Titles, generators, adjustment clips: nothing in the media pool stands for them.
            self.skipped.append({"kind": "generated", "name": name_of(item)})
            return
        enabled = enabled and ask(item, "GetClipEnabled") is not False
        view = self.media.get(media_id)
        if view is None:
            view = clip_view(media_id, clip, self.keys)
            if not view["properties"].get("File Path"):
                self.inner(item, media_id, enabled)
                return
            view["uses"] = []
            self.media[media_id] = view
        view["uses"].append(
            {
                "track": track,
                "enabled": enabled,
                "sourceStart": number(ask(item, "GetSourceStartFrame")),
                "sourceEnd": number(ask(item, "GetSourceEndFrame")),
                "duration": number(ask(item, "GetDuration")),
                "leftOffset": number(ask(item, "GetLeftOffset")),
                "rightOffset": number(ask(item, "GetRightOffset")),
            }
        )

    def inner(self, item, media_id, enabled):
        """A clip without a file. Timelines can be looked into, compound and multicam clips cannot."""
        if self.nested is None:
            self.nested = {}
            for _, one in self.resolve.timelines(self.project):
                self.nested[text(ask(ask(one, "GetMediaPoolItem"), "GetMediaId"))] = one
        timeline = self.nested.get(media_id)
        if timeline is None:
            self.skipped.append({"kind": "nested", "name": name_of(item)})
        elif (media_id, enabled) not in self.seen:
            self.seen.add((media_id, enabled))
            self.timeline(timeline, enabled)


def project_id(project):
    return text(ask(project, "GetUniqueId")) or text(ask(project, "GetName"))


def project_view(project):
    return {"id": project_id(project), "name": text(ask(project, "GetName"))}


def timeline_id(timeline):
    return text(ask(timeline, "GetUniqueId"))


def timeline_view(index, timeline, current):
    items = {"video": 0, "audio": 0}
    for track in items:
        for number_of_track in range(1, count(ask(timeline, "GetTrackCount", track)) + 1):
            items[track] += len(listed(ask(timeline, "GetItemListInTrack", track, number_of_track)))
    own, name = timeline_id(timeline), text(ask(timeline, "GetName"))
    same = timeline_id(current) == own if own else text(ask(current, "GetName")) == name
    return {
        "index": index,
        "id": own,
        "name": name,
        "current": current is not None and same,
        "rate": plain(ask(timeline, "GetSetting", "timelineFrameRate")),
        "dropFrame": plain(ask(timeline, "GetSetting", "timelineDropFrameTimecode")),
        "startTimecode": text(ask(timeline, "GetStartTimecode")),
        "videoItems": items["video"],
        "audioItems": items["audio"],
    }


def clip_view(media_id, clip, keys):
    properties = ask(clip, "GetClipProperty")
    if not isinstance(properties, dict):
        raise TypeError("Resolve tells no properties of it")
    return {
        "id": media_id,
        "name": text(ask(clip, "GetName")),
        "properties": {key: plain(properties[key]) for key in keys if key in properties},
    }


def is_alive(clip, media_id):
    try:
        return text(ask(clip, "GetMediaId")) == media_id
    except Exception:
        return False  # of a project that was closed


def name_of(item):
    try:
        return text(ask(item, "GetName")) or ""
    except Exception:
        return ""  # it has already shown that it does not answer


# --- The channel ---------------------------------------------------------------------------------------------------


def take_stdout():
    """The channel alone writes to standard output: what the scripting library prints goes to standard error."""
    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return channel


def say(channel, message):
    channel.write(json.dumps(message).encode("ascii") + b"\n")
    channel.flush()


def alive_sayer(channel, number_of_request):
    """At most once a second: a long walk through a media pool is not silence."""
    last = [time.monotonic()]

    def alive():
        now = time.monotonic()
        if now - last[0] >= 1:
            last[0] = now
            say(channel, {"id": number_of_request, "alive": True})

    return alive


def answer(methods, line, channel):
    number_of_request = 0
    try:
        request = json.loads(line.decode("utf-8"))
        number_of_request = request["id"]
        method = methods.get(request["method"])
        if method is None:
            raise Refusal("bad-request", "there is no method " + str(request["method"]))
        result = method(request.get("params") or {}, alive_sayer(channel, number_of_request))
        return {"id": number_of_request, "result": result}
    except Refusal as refusal:
        error = {"code": refusal.code, "message": str(refusal)}
    except Exception as exception:
        error = {"code": "failed", "message": describe(exception)}
    return {"id": number_of_request, "error": error}


def main():
    channel = take_stdout()
    resolve = Resolve()
    methods = {
        "hello": resolve.hello,
        "timelines": resolve.list_timelines,
        "media": resolve.media,
        "pool": resolve.pool,
        "link": resolve.link,
        "unlink": resolve.unlink,
    }
    say(channel, {"bridge": BRIDGE, "runtime": "Python " + sys.version.split()[0]})
    for line in sys.stdin.buffer:
        if line.strip():
            say(channel, answer(methods, line, channel))
    # At once: threads of the scripting library would keep it waiting.
    os._exit(0)


if __name__ == "__main__":
    try:
        main()
    except (BrokenPipeError, KeyboardInterrupt):
        os._exit(0)
