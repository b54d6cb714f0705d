using System.Text.Json.Nodes;

namespace Nua.Tests.Check;

/// <summary>NUA-M.</summary>
internal static class BrokenMetadata
{
    public static IReadOnlyList<BrokenImage> All { get; } =
    [
        new("NUA-M01", "no identifier", i => i.NuaConfig["metadata"]!.AsObject().Remove("id")),
        new("NUA-M01", "another schema", i => i.NuaConfig["schema"] = 2),
        new("NUA-M01", "a section of the wrong type", i => i.NuaConfig["run"] = "start"),
        new("NUA-M02", "no stop", i => Lifecycle(i).Remove("stop")),
        new("NUA-M02", "a negative data version", i => Lifecycle(i)["data_version"] = -1, "NUA-C08", "NUA-M04"),
        new("NUA-M02", "upgrade_from above", i =>
            (Lifecycle(i)["upgrade_from"], i.NuaConfig["runtime"]!["upgrade_from"], Label(i)["io.nua.upgrade-from"]) = (
            3, 3, "3")),
        new("NUA-M02", "a waypoint outside", i => Lifecycle(i)["waypoints"] = Json("[5]")),
        new("NUA-M02", "an unknown backup mode", i => Lifecycle(i)["backup"]!["mode"] = "warm"),
        new("NUA-M03", "a contract of the future", i =>
            (Lifecycle(i)["contract"], Label(i)["io.nua.contract"]) = (7, "7")),
        new("NUA-M04", "no ports", i => i.NuaConfig["runtime"]!.AsObject().Remove("ports"), "NUA-C11"),
        new("NUA-M04", "another identifier", i =>
            (i.NuaConfig["runtime"]!["app_id"], Label(i)["io.nua.app-id"]) = ("other", "other")),
        new("NUA-M05", "missing", i => i.Without.Add("build.json")),
        new("NUA-M05", "without an epoch", i => i.Build.Remove("epoch")),
        new("NUA-M06", "missing", i => i.Without.Add("files.json")),
        new("NUA-M06", "out of order", i => i.EditFiles = files =>
        {
            var first = files[0];
            files.RemoveAt(0);
            files.Add(first);
        }),
        new("NUA-M06", "an entry without a mode", i => i.EditFiles = files => Of(files, "nua/app/app.py")
            .Remove("mode"), "NUA-M07"),
        new("NUA-M07", "another hash", i => i.EditFiles = files =>
            Of(files, "nua/app/app.py")["sha256"] = new string('0', 64)),
        new("NUA-M07", "another mode", i => i.EditFiles = files => Of(files, "nua/app/app.py")["mode"] = "0755"),
        new("NUA-M07", "another size", i => i.EditFiles = files => Of(files, "nua/app/app.py")["size"] = 3),
        new("NUA-M07", "another owner", i => i.EditFiles = files => Of(files, "nua/data")["uid"] = 0),
        new("NUA-M07", "another target", i => i.EditFiles = files =>
            Of(files, "nua/venv/bin/python3")["link"] = "/bin/python"),
        new("NUA-M07", "another type", i => i.EditFiles = files => Of(files, "nua/app/app.py")["type"] = "dir"),
        new("NUA-M07", "a file that is not there", i => i.EditFiles = files =>
            files.Add(Json("""{"path":"nua/zoo","type":"file","mode":"0644","uid":0,"gid":0,"size":1,"sha256":"00","layer":"application"}"""))),
        new("NUA-M08", "a file that is not listed", i => i.EditFiles = files =>
            files.Remove(Of(files, "nua/app/app.py"))),
        new("NUA-M09", "another diff ID", i => i.Build["layers"] = Json($$"""
            [{"kind":"base","diff_id":"{{GoodDocuments.BaseDigest}}"},{"kind":"a"},{"kind":"b"},{"kind":"c"}]
            """)),
        new("NUA-M09", "too many layers", i => i.Build["layers"] = Json("""[{"kind":"a"},{"kind":"a"},{"kind":"a"},{"kind":"a"},{"kind":"a"},{"kind":"a"}]""")),
        new("NUA-M09", "a layer put on top", i => i.OnTop = [GoodImage.EmptyTar], "OCI-07"),
        new("NUA-M10", "a fifth document", i => i.File(GoodImage.Top, "nua/metadata/notes.txt", "x")),
        new("NUA-M11", "the clock's time", i => i.Config["created"] = "2026-01-01T10:00:00Z"),
    ];

    public static JsonNode Json(string text) => JsonNode.Parse(text)!;

    public static JsonObject Lifecycle(GoodImage image) => image.NuaConfig["lifecycle"]!.AsObject();

    public static JsonObject Label(GoodImage image) => image.Config["config"]!["Labels"]!.AsObject();

    public static void AddVolume(GoodImage image, string name, string path) =>
        Lifecycle(image)["volumes"]!.AsArray().Add(new JsonObject { ["name"] = name, ["path"] = path });

    private static JsonObject Of(JsonArray files, string path) =>
        files.First(file => (string)file!["path"]! == path)!.AsObject();
}
