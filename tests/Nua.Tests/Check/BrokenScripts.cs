namespace Nua.Tests.Check;

/// <summary>NUA-S.</summary>
internal static class BrokenScripts
{
    private const int App = GoodImage.Application;
    private const int Top = GoodImage.Top;

    public static IReadOnlyList<BrokenImage> All { get; } =
    [
        new("NUA-S01", "a verb is missing", i => i.Remove("nua/scripts/restart")),
        new("NUA-S01", "a verb may not be executed", i => i.Change("nua/scripts/stop", e => e with { Mode = 0x1A4 })),
        new("NUA-S01", "a verb is a directory", i => i.Remove("nua/scripts/stop").Directory(Top, "nua/scripts/stop")),
        new("NUA-S01", "a verb leads nowhere", i => i.Remove("nua/scripts/stop").Link(Top, "nua/scripts/stop", "gone"),
            "NUA-L08"),
        new("NUA-S02", "no such interpreter", i => i.Rewrite("nua/scripts/stop", "#!/usr/bin/ruby\n")),
        new("NUA-S02", "no such program for env", i =>
            i.Rewrite("nua/scripts/stop", "#!/usr/bin/env -S FOO=1 ruby -w\n")),
        new("NUA-S02", "a relative interpreter", i => i.Rewrite("nua/scripts/stop", "#!bin/sh\n")),
        new("NUA-S03", "a program for another machine", i =>
            i.File(App, "nua/bin/tool", ElfMaker.Static(ElfMaker.Arm64), 0x1ED)),
        new("NUA-S03", "the start program", i => i.Change("usr/bin/python3", e => e, ElfMaker.Static(ElfMaker.Arm64))),
        new("NUA-S04", "a library is missing", i =>
            i.File(App, "nua/bin/tool", ElfMaker.Program("libssl.so.3"), 0x1ED)),
        new("NUA-S04", "a library's library", i => i.Remove("usr/lib/x86_64-linux-gnu/libc.so.6"), "NUA-S09"),
        new("NUA-S04", "an older library", i => i
            .File(App, "nua/bin/tool", ElfMaker.Make(ElfMaker.Amd64, "/lib64/ld-linux-x86-64.so.2", ["libc.so.6"], null, asks: "GLIBC_2.99"), 0x1ED)
            .Change("usr/lib/x86_64-linux-gnu/libc.so.6", e => e, ElfMaker.Make(ElfMaker.Amd64, null, [], null, isDynamic: true, defines: "GLIBC_2.36"))),
        new("NUA-S04", "no loader", i =>
            i.File(App, "nua/bin/tool", ElfMaker.Make(ElfMaker.Amd64, "/lib/ld-other.so.1", [], null), 0x1ED)),
        new("NUA-S04", "a library for another machine", i => i
            .File(App, "nua/bin/tool",
            ElfMaker.Make(ElfMaker.Amd64, "/lib64/ld-linux-x86-64.so.2", ["libx.so"], "$ORIGIN/lib"), 0x1ED)
            .Directory(App, "nua/bin/lib").File(App, "nua/bin/lib/libx.so", ElfMaker.Static(ElfMaker.Arm64))),
        new("NUA-S05", "a carriage return", i => i.Rewrite("nua/scripts/stop", "#!/bin/sh\r\nexit 0\r\n")),
        new("NUA-S06", "no agent", i => i.Remove("nua/bin/nua-agent"), "OCI-23"),
        new("NUA-S06", "an agent that needs a loader", i =>
            i.Change("nua/bin/nua-agent", e => e, ElfMaker.Program("libc.so.6"))),
        new("NUA-S06", "an agent that is text", i => i.Rewrite("nua/bin/nua-agent", "hello")),
        new("NUA-S07", "a backup script alone", i => i.Rewrite("nua/scripts/backup", "#!/bin/sh\nexit 0\n")),
        new("NUA-S07", "a restore command alone", i => i.NuaConfig["runtime"]!["restore"]!["command"] = "load"),
        new("NUA-S08", "an undeclared script", i => i.Rewrite("nua/scripts/rollback", "#!/bin/sh\nexit 0\n")),
        new("NUA-S08", "a script that is not there", i =>
            (BrokenMetadata.Lifecycle(i)["rollback"]!["mode"], BrokenMetadata.Label(i)["io.nua.rollback-mode"]) = (
            "script", "script")),
        new("NUA-S08", "down to above", i => BrokenMetadata.Lifecycle(i)["rollback"]!["to"] = 9),
        new("NUA-S09", "a library below app", i =>
            i.Change("nua/app/native.so", e => e, ElfMaker.Library("libpq.so.5"))),
        new("NUA-S10", "no such program", i => i.NuaConfig["runtime"]!["start"]!["argv"]![0] = "ruby"),
        new("NUA-S10", "nothing", i => i.NuaConfig["runtime"]!["start"]!["argv"]!.AsArray().Clear()),
        new("NUA-S10", "no such directory", i => i.NuaConfig["runtime"]!["start"]!["static_root"] = "/nua/app/dist"),
        new("NUA-S11", "two templates for one file", i => i.File(Top, "nua/scripts/templates/app.conf", "port=1\n")),
    ];
}
