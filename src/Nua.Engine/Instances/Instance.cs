using System.Text.Json.Serialization.Metadata;
using Nua.Engine.Operations;
using Nua.Foundation;
using Nua.Foundation.Durable;

namespace Nua.Engine.Instances;

/// <summary>
/// An instance held under its kernel lock: nobody else changes it until this is disposed. Writing a record is durable when the call returns,
/// and after a crash either the old or the new record is there.
/// </summary>
public sealed class Instance : IDisposable
{
    private const uint PrivateFolder = 0x1C0;
    private const int FirstGeneration = 1;
    private readonly FileLock _lock;

    private Instance(InstanceFolder folder, FileLock held, InstanceRecord? record, OperationRecord? operation) =>
        (Folder, _lock, Record, Operation) = (folder, held, record, operation);

    public InstanceFolder Folder { get; }

    /// <summary>Null before the first release was committed.</summary>
    public InstanceRecord? Record { get; private set; }

    /// <summary>What an earlier command began and did not end, or this one has begun.</summary>
    public OperationRecord? Operation { get; private set; }

    /// <summary>Takes the lock, making the folder when it is missing.</summary>
    /// <exception cref="ProblemException">NUA5011 somebody else works on it; NUA5013 a record cannot be read.</exception>
    public static Instance Open(InstanceFolder folder)
    {
        var held = Lock(folder);
        try
        {
            return new Instance(folder, held, ReadRecord(folder), Read(folder.Operation, InstanceJson.Default.OperationRecord));
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>The lock alone, for what must be done though a record cannot be read.</summary>
    /// <exception cref="ProblemException">NUA5011.</exception>
    public static FileLock Lock(InstanceFolder folder)
    {
        DurableFile.CreateDirectory(folder.Path, PrivateFolder);
        FileLock? held;
        while (FileLock.TryExclusive(folder.Lock, out held) && !File.Exists(folder.Lock))
        {
            // Whoever held it has removed the instance with its lock: this one is a lock on nothing.
            held.Dispose();
            DurableFile.CreateDirectory(folder.Path, PrivateFolder);
        }

        if (held is null)
        {
            throw new ProblemException(new Problem("NUA5011", $"another command is working on '{folder.Name}'")
            {
                Remedy = "wait until it has ended, then try again",
            })
            { ExitCode = 75 };
        }

        return held;
    }

    /// <summary>Takes the lock of an instance that exists.</summary>
    /// <exception cref="ProblemException">NUA5012 there is none of that name; those of <see cref="Open"/>.</exception>
    public static Instance OpenExisting(InstanceFolder folder) =>
        IsThere(folder) ? Open(folder) : throw NotFound(folder);

    /// <summary>The record without the lock: whole, but perhaps soon replaced. Null when there is none yet.</summary>
    /// <exception cref="ProblemException">NUA5013 it cannot be read; NUA5014 it is gone.</exception>
    public static InstanceRecord? ReadRecord(InstanceFolder folder)
    {
        var record = Read(folder.Record, InstanceJson.Default.InstanceRecord);
        if (record is null && HasLostRecord(folder))
        {
            throw new ProblemException(new Problem("NUA5014", $"the record of '{folder.Name}' is gone, but its data is there")
            {
                Where = Printable.Escape(folder.Record, 300),
                Why = "nua removes it only after the data, so the disk or a person did",
                Remedy = "bring it back from a copy of this folder, or make another instance of a backup: nua restore OTHER-NAME FILE; nothing was changed",
            });
        }

        return record is null || record.Schema == InstanceRecord.CurrentSchema
            ? record
            : throw Unreadable(folder.Record, $"it has the form {record.Schema}, which this version of nua does not know");
    }

    /// <summary>An operation that is running, or was cut off. Without the lock.</summary>
    public static OperationRecord? ReadOperation(InstanceFolder folder) => Read(folder.Operation, InstanceJson.Default.OperationRecord);

    /// <summary>Names of all instances, sorted, those whose installation was cut off and those whose record is gone included. Other folders
    /// beside them, such as <c>lost+found</c> or a copy that a person made, are none.</summary>
    public static IReadOnlyList<InstanceFolder> List(string storeHome) =>
        Directory.Exists(InstanceFolder.Root(storeHome))
            ? [.. Directory.EnumerateDirectories(InstanceFolder.Root(storeHome))
                .Select(Path.GetFileName)
                .Where(InstanceName.IsValid)
                .Select(name => new InstanceFolder(storeHome, InstanceName.Parse(name!)))
                .Where(IsThere)
                .OrderBy(folder => folder.Name.ToString(), StringComparer.Ordinal)]
            : [];

    /// <summary>The records of all instances. One that cannot be read says nothing, and must not keep the others from their work.</summary>
    public static IEnumerable<InstanceRecord> Records(string storeHome)
    {
        foreach (var folder in List(storeHome))
        {
            InstanceRecord? record;
            try
            {
                record = ReadRecord(folder);
            }
            catch (ProblemException)
            {
                continue;
            }

            if (record is not null)
            {
                yield return record;
            }
        }
    }

    /// <summary>The commit of every operation. The sequence number is set here.</summary>
    public void Commit(InstanceRecord record)
    {
        var next = record with { Sequence = (Record?.Sequence ?? 0) + 1 };
        StateFile.Replace(Folder.Record, next, InstanceJson.Default.InstanceRecord);
        Record = next;
    }

    /// <summary>Notes what is about to be done; to be called before it is.</summary>
    public void Begin(OperationRecord operation)
    {
        StateFile.Replace(Folder.Operation, operation, InstanceJson.Default.OperationRecord);
        Operation = operation;
    }

    /// <summary>Nothing of the operation is left to do or to undo.</summary>
    public void End()
    {
        File.Delete(Folder.Operation);
        DurableFile.SyncDirectory(Folder.Path);
        Operation = null;
    }

    /// <summary>Removes the folder of an instance that was never made; nothing when it was, or was begun. Backups of an earlier one of that
    /// name stay.</summary>
    public void Discard()
    {
        if (File.Exists(Folder.Record) || File.Exists(Folder.Operation) || !Directory.Exists(Folder.Path))
        {
            return;
        }

        if (!Directory.Exists(Folder.Backups))
        {
            Directory.Delete(Folder.Path, recursive: true);
            return;
        }

        foreach (var folder in Directory.EnumerateDirectories(Folder.Path).Where(path => path != Folder.Backups).ToList())
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public void Dispose() => _lock.Dispose();

    public static ProblemException NotFound(InstanceFolder folder) =>
        new(new Problem("NUA5012", $"there is no instance '{folder.Name}'")
        {
            Why = List(folder.StoreHome) is { Count: > 0 } others
                ? $"there is: {string.Join(", ", others.Select(other => other.Name))}"
                : "there is none at all",
            Remedy = $"nua up IMAGE {folder.Name}",
        });

    private static bool IsThere(InstanceFolder folder) => File.Exists(folder.Record) || File.Exists(folder.Operation) || HasData(folder);

    private static bool HasData(InstanceFolder folder) =>
        Directory.Exists(folder.Generations)
        && Directory.EnumerateDirectories(folder.Generations).Any(path => Path.GetFileName(path).All(char.IsAsciiDigit));

    /// <summary>Only what makes the first generation has no record yet, and only what ends an instance has none any more. Everything else that is
    /// without one must not be taken for an installation that was cut off: its data would be cleared away.</summary>
    private static bool HasLostRecord(InstanceFolder folder)
    {
        var operation = ReadOperation(folder);
        return operation is not { Generation: FirstGeneration } && operation?.Kind != OperationKind.Destroy
            && (operation is not null || HasData(folder))
            // Looked at last: without the lock it may have been written since.
            && !File.Exists(folder.Record);
    }

    private static T? Read<T>(string path, JsonTypeInfo<T> type)
        where T : class => StateFile.Read(path, type, why => Unreadable(path, why));

    private static ProblemException Unreadable(string path, string why) =>
        new(new Problem("NUA5013", "the record of an instance cannot be read")
        {
            Where = Printable.Escape(path, 300),
            Why = why,
            Remedy = "it is only ever replaced whole, so the disk or a person changed it; bring it back from a copy of this folder "
                + "(a person's change is taken without the line sha256), or make another instance of a backup: nua restore OTHER-NAME FILE",
        });
}
