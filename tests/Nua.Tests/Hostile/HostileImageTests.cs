using Nua.Check;
using Nua.Check.Comparing;
using Nua.Check.Inspecting;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Archives;
using Nua.Oci.Layers;
using Nua.Oci.Storage;
using Nua.Oci.Tar;
using Nua.Testing;
using Nua.Testing.Hostile;
using Nua.Tests.Oci;

namespace Nua.Tests.Hostile;

/// <summary>Every case of the corpus through every way in: the verdict is the documented one, and nothing outside changes.</summary>
public sealed class HostileImageTests(HostileImageTests.Outside outside) : IClassFixture<HostileImageTests.Outside>, IDisposable
{
    private readonly TempDirectory _directory = new();

    public static TheoryData<string> Ids => [.. HostileCorpus.All.Select(item => item.Id)];

    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task Verdict_is_the_documented_one(string id)
    {
        Assert.SkipUnless(Environment.UserName == "root", "setting owners needs root");
        var hostile = HostileCorpus.Get(id);
        var forms = Enum.GetValues<Forms>().Where(form => form != Forms.All && hostile.Forms.HasFlag(form)).ToList();
        var found = await Limited(() => Judge(hostile, forms[0]));
        Assert.Equal(hostile.Verdict, found);
        foreach (var form in forms.Skip(1))
        {
            // What is in the blobs does not depend on where they come from.
            Assert.Equal(found.Load, await Limited(() => Load(Write(hostile.Make(outside.Sentinel), form))));
        }

        outside.AssertUnchanged();
    }

    [Fact]
    public void Identifiers_are_unique_and_the_corpus_is_large()
    {
        Assert.Equal(HostileCorpus.All.Count, HostileCorpus.All.Select(item => item.Id).Distinct().Count());
        Assert.True(HostileCorpus.All.Count >= 250, $"{HostileCorpus.All.Count} cases");
    }

    /// <summary>Hangs are failures too. The time is for a machine that does other things as well.</summary>
    private static Task<T> Limited<T>(Func<T> judge) =>
        Task.Run(judge, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);

    private Verdict Judge(HostileCase hostile, Forms form)
    {
        var place = Write(hostile.Make(outside.Sentinel), form);
        return new Verdict(Check(place), Load(place), Try(() => Look(place)), Try(() => Unpack(place)));
    }

    private ImageLocation Write(HostileImage image, Forms form)
    {
        var path = _directory[form.ToString()];
        switch (form)
        {
            case Forms.Layout:
                Directory.CreateDirectory(path);
                image.WriteLayout(path);
                return new ImageLocation.Layout(path, null);
            case Forms.OciArchive:
                image.WriteOciArchive(path);
                return new ImageLocation.OciArchive(path, null);
            default:
                image.WriteDockerArchive(path);
                return new ImageLocation.DockerArchive(path, null);
        }
    }

    /// <summary>Rules broken beyond those of the honest image, which has little in it.</summary>
    private string Check(ImageLocation place) => Try(() =>
    {
        using var source = ImageSource.Open(place, null);
        return ImageChecker.Check(source.Blobs, source.Root).Findings.Select(finding => finding.RuleId).Distinct().Except(outside.HonestFindings);
    });

    private string Load(ImageLocation place)
    {
        var store = ImageStore.Open(_directory[$"store-{Guid.NewGuid():N}"]);
        var verdict = Try(() =>
        {
            using var source = ImageSource.Open(place, null);
            ImageTransfer.Load(source, store);
            return [Verdict.Stored];
        });
        Assert.Equal(verdict == Verdict.Stored ? 1 : 0, store.List().Count);
        Assert.Empty(store.Verify(VerifyDepth.Content));
        return verdict;
    }

    private IEnumerable<string> Look(ImageLocation place)
    {
        using var source = ImageSource.Open(place, null);
        var image = source.OpenImage();
        ImageInspector.Inspect(image);
        ImageDiff.Compare(image, image);
        var found = Try(() => ImageTree.Read(image).Walk().Select(Describe));
        // Several layers at a time give the same.
        Assert.Equal(found, Try(() => ImageTree.Read(image, new TreeOptions { Workers = 3 }).Walk().Select(Describe)));
        return ImageTree.Read(image).Walk().Select(Describe).ToList();
    }

    private List<string> Unpack(ImageLocation place)
    {
        var root = _directory[$"root-{Guid.NewGuid():N}"];
        Directory.CreateDirectory(root);
        using var source = ImageSource.Open(place, null);
        LayerApplier.Apply(source.OpenImage(), root);
        var output = InteropTests.RunBytes("find", root, "-mindepth", "1", "-printf", "%P=%y:%l\\0");
        return [.. output.Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.EndsWith(':') && !line.Contains("=l:", StringComparison.Ordinal) ? line[..^1] : line)];
    }

    private static string Describe(TreeNode node) => node.Path + "=" + node.Type switch
    {
        TarEntryType.File => "f",
        TarEntryType.Directory => "d",
        TarEntryType.SymbolicLink => "l:" + node.Entry.LinkTarget,
        TarEntryType.BlockDevice => "b",
        TarEntryType.CharacterDevice => "c",
        _ => "p",
    };

    private string Try(Func<IEnumerable<string>> action) =>
        TryRaw(action).Replace(outside.Sentinel, "SENTINEL", StringComparison.Ordinal);

    private static string TryRaw(Func<IEnumerable<string>> action)
    {
        try
        {
            return string.Join(' ', action().OrderBy(line => line.Replace('=', '\0'), StringComparer.Ordinal));
        }
        catch (ProblemException error)
        {
            return error.Problems[0].Code;
        }
    }

    /// <summary>A folder that links in hostile images point at.</summary>
    public sealed class Outside : IDisposable
    {
        private readonly TempDirectory _directory = new();
        private readonly string _before;

        public Outside()
        {
            _directory.Write("sentinel/file", "untouched");
            _directory.Write("sentinel/sub/other", "untouched");
            _before = Listing();
            HostileImage.Honest().WriteLayout(_directory["honest"]);
            using var honest = ImageSource.Open(new ImageLocation.Layout(_directory["honest"], null), null);
            // Most cases have no program either.
            HonestFindings = ["OCI-23", .. ImageChecker.Check(honest.Blobs, honest.Root).Findings.Select(finding => finding.RuleId)];
        }

        public IReadOnlyList<string> HonestFindings { get; }

        public string Sentinel => _directory["sentinel"];

        public void AssertUnchanged() => Assert.Equal(_before, Listing());

        public void Dispose() => _directory.Dispose();

        private string Listing() => InteropTests.Run(
            "bsdtar", "-cf", "-", "--format=mtree", "--options=!all,mode,uid,gid,type,size,sha256,link,nlink,time", "-C", Sentinel, ".");
    }
}
