using System.Collections.Concurrent;
using Nua.Acceptance.Running;

[assembly: AssemblyFixture(typeof(ExampleImages))]

namespace Nua.Acceptance.Running;

/// <summary>Every example, built once for all tests, in one store.</summary>
public sealed class ExampleImages : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentDictionary<string, Lazy<Task<BuiltExample>>> _built = new(StringComparer.Ordinal);
    private readonly Lazy<Task<string>> _base;

    public ExampleImages() => _base = new Lazy<Task<string>>(SaveBaseAsync);

    public NuaProgram Nua => new(_folder["home"]);

    public Task<BuiltExample> BuildAsync(string folder) =>
        _built.GetOrAdd(folder, name => new Lazy<Task<BuiltExample>>(() => BuildAsync(Example.Of(name)))).Value;

    /// <summary>The base of the examples in a layout of its own, for <c>--base</c>: a build in another store then needs no mirror.</summary>
    public Task<string> BaseAsync() => _base.Value;

    public void Dispose() => _folder.Dispose();

    private async Task<string> SaveBaseAsync()
    {
        await BuildAsync("site");
        var place = $"oci:{_folder["base"]}:1";
        (await Nua.RunAsync("save", "debian:trixie", place)).Expect(0);
        return place;
    }

    private async Task<BuiltExample> BuildAsync(Example example)
    {
        var built = (await Nua.RunAsync("build", Repository.Example(example.Folder))).Expect(0);
        var digest = built.Out.Trim();
        Assert.Matches("^sha256:[0-9a-f]{64}$", digest);
        var layout = _folder[$"layout-{example.Folder}"];
        (await Nua.RunAsync("save", digest, $"oci:{layout}:1")).Expect(0);
        return new BuiltExample(example, digest, layout, "1", built.Time);
    }
}
