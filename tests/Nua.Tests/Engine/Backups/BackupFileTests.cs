using System.Diagnostics;
using Nua.Engine.Backups;
using Nua.Engine.Contracts;
using Nua.Engine.Data;
using Nua.Engine.Engines;
using Nua.Engine.Instances;
using Nua.Foundation;
using Nua.Foundation.Linux;
using Nua.Rootfs.Volumes;
using Nua.Testing;
using Nua.Tests.Engine.Data;

namespace Nua.Tests.Engine.Backups;

public sealed class BackupFileTests : IDisposable
{
    private static readonly NewVolume[] _volumes = [new("data", Libc.GetEuid(), Libc.GetEgid())];

    private readonly TempDirectory _home = new();
    private readonly Generations _generations;

    public BackupFileTests()
    {
        _generations = Generations.Open(Folder, VolumeIds.Host);
        _generations.CreateEmpty(1, _volumes);
    }

    private InstanceFolder Folder => new(_home.Path, InstanceName.Parse("notes"));

    private string Data => Folder.Volume(1, "data");

    public void Dispose()
    {
        _generations.Dispose();
        _home.Dispose();
    }

    [Fact]
    public void Restored_data_is_the_same_as_what_was_backed_up()
    {
        Fill(40);
        var file = Backup();
        var reader = Open(file);
        var summary = reader.UnpackInto(_generations, 2, _volumes);
        Assert.Equal(GeneratedTree.Describe(Data), GeneratedTree.Describe(Folder.Volume(2, "data")));
        Assert.Equal(summary.Entries, reader.Check().Entries);
        Assert.Equal("notes", reader.Head.AppId);
    }

    [Fact]
    public void Volume_that_the_backup_lacks_is_made_empty()
    {
        var reader = Open(Backup());
        reader.UnpackInto(_generations, 2, [.. _volumes, new("uploads", Libc.GetEuid(), Libc.GetEgid())]);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Folder.Volume(2, "uploads")));
    }

    [Fact]
    public void Every_flipped_byte_is_found()
    {
        Fill(3);
        var file = Backup();
        var bytes = File.ReadAllBytes(file);
        var reader = Open(file);
        var missed = new List<int>();
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= (byte)(1 << (i % 8));
            File.WriteAllBytes(file, bytes);
            if (CodeOf(() => reader.Check()) is not ("NUA5120" or "NUA5121" or "NUA5123"))
            {
                missed.Add(i);
            }

            bytes[i] ^= (byte)(1 << (i % 8));
        }

        Assert.Empty(missed);
    }

    [Fact]
    public void Every_truncation_is_found_and_leaves_no_generation()
    {
        Fill(2);
        var file = Backup();
        var bytes = File.ReadAllBytes(file);
        var reader = Open(file);
        for (var length = 0; length < bytes.Length; length += 7)
        {
            File.WriteAllBytes(file, bytes[..length]);
            Assert.Contains(CodeOf(() => reader.UnpackInto(_generations, 2, _volumes)), (string[])["NUA5120", "NUA5121", "NUA5123"]);
            Assert.Equal([1], _generations.List());
        }
    }

    [Theory]
    [InlineData("wiki", 1, 0, "NUA5125")]
    [InlineData("notes", 0, 0, "NUA5126")]
    [InlineData("notes", 9, 4, "NUA5127")]
    public void Backup_that_the_image_cannot_take_is_refused(string app, int version, int from, string code)
    {
        var reader = Open(Backup());
        var failure = Assert.Throws<ProblemException>(() => reader.Accept(Contract(app, version, from)));
        Assert.Equal((code, 65), (failure.Problems[0].Code, failure.ExitCode));
        reader.Accept(Contract("notes", 3, 0));
    }

    [Theory]
    [InlineData("text")]
    [InlineData("")]
    public void File_that_is_no_backup_is_refused(string content) =>
        Assert.Equal("NUA5120", CodeOf(() => Open(_home.Write("other", content))));

    [Fact]
    public void Zstd_and_tar_unpack_a_backup()
    {
        Fill(10);
        var file = Backup();
        Directory.CreateDirectory(_home["out"]);
        using var shell = Process.Start("/bin/sh", ["-c", $"zstd -dc '{file}' | tar --xattrs --acls -C '{_home["out"]}' -xpf -"]);
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
        Assert.Equal(GeneratedTree.Describe(Data), GeneratedTree.Describe(_home["out"] + "/volumes/data"));
        using var manifest = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(_home["out"] + "/manifest.json"));
        Assert.Equal("notes", manifest.RootElement.GetProperty("head").GetProperty("app_id").GetString());
    }

    [Fact]
    public void Encrypted_backup_holds_the_secrets_and_nothing_readable()
    {
        Fill(3);
        var key = MakeKey();
        var file = Backup(key, new SortedDictionary<string, byte[]> { ["SECRET_KEY"] = "canary-canary"u8.ToArray() });
        Assert.DoesNotContain("canary", System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(file)));
        Assert.Equal("NUA5135", CodeOf(() => Open(file)));
        var summary = BackupReader.Open(file, key, _home.Path).Check();
        Assert.Equal("canary-canary"u8, summary.Secrets["SECRET_KEY"]);
        Assert.Equal("NUA5148", CodeOf(() => BackupReader.Open(file, MakeKey(), _home.Path)));
        var bytes = File.ReadAllBytes(file);
        foreach (var i in (int[])[30, bytes.Length / 2, bytes.Length - 1])
        {
            bytes[i] ^= 4;
            File.WriteAllBytes(file, bytes);
            Assert.NotNull(CodeOf(() => BackupReader.Open(file, key, _home.Path).Check()));
            bytes[i] ^= 4;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Backup_that_cannot_be_written_leaves_nothing(bool isEncrypted)
    {
        if (Libc.GetEuid() != 0)
        {
            return;
        }

        File.WriteAllBytes(Data + "/noise", NoiseOf(3 << 20));
        foreach (var kilobytes in (int[])[64, 500, 2000])
        {
            using var disk = new SmallDisk(_home[$"disk{kilobytes}"], kilobytes);
            var failure = Assert.Throws<ProblemException>(() => Backup(isEncrypted ? MakeKey() : null, path: disk.Path + "/b.nua"));
            Assert.Equal(("NUA5134", 73), (failure.Problems[0].Code, failure.ExitCode));
            Assert.Empty(Directory.EnumerateFileSystemEntries(disk.Path));
        }
    }

    [Fact]
    public void Only_backups_older_than_enough_proven_ones_may_go()
    {
        BackupEntry Entry(int n, BackupState state) => new(n, $"{n}", "", default, 0, 0, "", 0, "", "copy", false, 0) { State = state.ToString().ToLowerInvariant() };
        var list = new BackupList
        {
            Backups = [Entry(1, BackupState.Proven), Entry(2, BackupState.Sealed), Entry(3, BackupState.Proven), Entry(4, BackupState.Checked), Entry(5, BackupState.Proven), Entry(6, BackupState.Sealed)],
        };
        Assert.Equal([1, 2], list.Surplus(2).Select(entry => entry.Sequence));
        Assert.Empty(list.Surplus(3));
        Assert.Empty(list.Surplus(4));
        Assert.Equal("proven", list.Raise("5", BackupState.Checked, default).Backups[4].State);
        Assert.Equal("checked", list.Raise("6", BackupState.Checked, default).Backups[5].State);
    }

    [Fact]
    public void Backup_whose_folder_is_gone_is_forgotten()
    {
        var instance = new InstanceFolder(_home.Path, InstanceName.Parse("moved"));
        var place = _home.Path + "/where-the-store-was/backups/moved/1.tar.zst";
        BackupList.Load(instance).With(new BackupEntry(1, "a", place, default, 0, 0, "", 0, "", "copy", false, 0)).Save(instance);

        BackupRetention.Remove(instance, place);

        Assert.Empty(BackupList.Load(instance).Backups);
    }

    [Fact]
    public void Numbers_of_backups_only_grow()
    {
        var list = new BackupList();
        Assert.Equal(1, list.NextSequence);
        list = list.With(new BackupEntry(7, "a", "", default, 0, 0, "", 0, "", "copy", false, 0));
        Assert.Equal(8, list.NextSequence);
        Assert.Equal(8, (list with { Backups = [] }).NextSequence);
        Assert.Equal(42, list.Since(41).NextSequence);
        Assert.Equal(8, list.Since(2).NextSequence);
    }

    private static byte[] NoiseOf(int length)
    {
        var noise = new byte[length];
        new Random(1).NextBytes(noise);
        return noise;
    }

    private void Fill(int files)
    {
        Directory.CreateDirectory(Data + "/sub");
        for (var i = 0; i < files; i++)
        {
            File.WriteAllBytes($"{Data}/sub/{i}", NoiseOf((i * 37) % 5000));
        }

        File.CreateSymbolicLink(Data + "/link", "sub/0");
    }

    private string Backup(BackupKey? key = null, IReadOnlyDictionary<string, byte[]>? secrets = null, string? path = null)
    {
        var file = path ?? _home["backup.nua"];
        new BackupWriter(
            new BackupContent
            {
                Head = new BackupHead
                {
                    Id = "00112233445566778899aabbccddeeff",
                    AppId = "notes",
                    Instance = "notes",
                    Version = "1.0",
                    Image = "sha256:" + new string('a', 64),
                    Reference = "notes:1.0",
                    DataVersion = 1,
                    Kind = "copy",
                    Mode = "cold",
                    Volumes = ["data"],
                    Secrets = [.. secrets?.Keys ?? []],
                    Writer = "nua test",
                    Started = DateTimeOffset.UnixEpoch,
                    Sequence = 1,
                },
                Secrets = secrets ?? new SortedDictionary<string, byte[]>(),
                Data = read => _generations.Pack(1, "volumes/", read),
            },
            key,
            TimeProvider.System).WriteFile(file, CancellationToken.None);
        return file;
    }

    private BackupReader Open(string file) => BackupReader.Open(file, null, _home.Path);

    private BackupKey MakeKey()
    {
        var path = _home[$"{Guid.NewGuid():N}.key"];
        using var keygen = Process.Start(new ProcessStartInfo("age-keygen", ["-o", path]) { RedirectStandardError = true })!;
        keygen.WaitForExit();
        return BackupKey.Parse(path);
    }

    private static string? CodeOf(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (ProblemException failure)
        {
            return failure.Problems[0].Code;
        }
    }

    private static AppContract Contract(string app, int version, int from) => new()
    {
        AppId = app,
        Version = "2.0",
        DataVersion = version,
        UpgradeFrom = from,
        Volumes = [new ContractVolume("data", "/nua/data", IsCache: false)],
        Document = default,
    };
}
