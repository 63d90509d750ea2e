//! Who made whom. Children are met before they are announced about as often as after, and may die before either.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::PathBuf;

use crate::engine::stop::Creation;
use crate::trace::raw::TaskId;
use crate::trace::tree::{Image, Process, Task, Tree};

/// All tasks and processes of a recording, as far as they are known.
///
/// Tasks are known by serial numbers: the kernel's numbers come back within one recording.
#[derive(Debug, Default)]
pub(crate) struct FamilyTree {
    tasks: Vec<Task>,
    processes: Vec<Process>,
    /// The processes that have not ended, by pid.
    alive: HashMap<u32, u32>,
    /// Announced by their creators and not met yet.
    announced: HashMap<u32, Announcement>,
    /// Met and not announced yet: such a task may even have ended.
    unannounced: HashMap<u32, TaskId>,
    /// Ended before they were announced: killed before their first stop. Their wait statuses.
    early_deaths: HashMap<u32, i32>,
    /// In the order of the creators' events, which is not that in which the children are met.
    births: Vec<Birth>,
}

/// A creation.
#[derive(Debug)]
struct Birth {
    creator: TaskId,
    /// Once it has been met.
    child: Option<TaskId>,
}

/// What a creator's event said of a child that has not been met.
#[derive(Debug)]
struct Announcement {
    /// An index into the births.
    birth: usize,
    how: Creation,
    /// What the creator was running: when its child is met, it may run something else.
    image: Option<Image>,
}

impl FamilyTree {
    /// A task that stops for the first time.
    pub(crate) fn meet(&mut self, tid: u32, pid: u32) -> TaskId {
        let announcement = self.announced.remove(&tid);
        let task = self.add(tid, pid);
        match announcement {
            Some(announcement) => self.link(announcement, task),
            None => {
                self.unannounced.insert(tid, task);
            }
        }
        task
    }

    /// `creator` has made `tid`.
    pub(crate) fn announce(&mut self, creator: TaskId, tid: u32, how: Creation) {
        let image = self.process_of(creator).images.last().cloned();
        let announcement = Announcement { birth: self.births.len(), how, image };
        self.births.push(Birth { creator, child: None });
        match (self.unannounced.remove(&tid), self.early_deaths.remove(&tid)) {
            (Some(task), _) => self.link(announcement, task),
            (None, None) => {
                self.announced.insert(tid, announcement);
            }
            (None, Some(status)) => self.stillborn(announcement, tid, status),
        }
    }

    /// A task that was never met has ended.
    pub(crate) fn end_unmet(&mut self, tid: u32, status: i32) {
        match self.announced.remove(&tid) {
            Some(announcement) => self.stillborn(announcement, tid, status),
            None => {
                self.early_deaths.insert(tid, status);
            }
        }
    }

    /// A task has ended. The end of the leader, which comes last, is the end of its process.
    pub(crate) fn end(&mut self, task: TaskId, status: i32) {
        let Task { tid, process, .. } = *self.task(task);
        let ended = &mut self.processes[process as usize];
        if ended.pid == tid && self.alive.get(&tid) == Some(&process) {
            ended.status = Some(status);
            self.alive.remove(&tid);
        }
    }

    /// The process of `task` runs another program.
    pub(crate) fn exec(&mut self, task: TaskId, program: PathBuf, argv: Vec<OsString>) {
        let process = self.task(task).process as usize;
        self.processes[process].images.push(Image { program, argv });
    }

    /// The number of the image that the process of `task` runs.
    pub(crate) fn image(&self, task: TaskId) -> u32 {
        self.process_of(task).images.len().saturating_sub(1) as u32
    }

    pub(crate) fn task(&self, task: TaskId) -> &Task {
        &self.tasks[task.0 as usize]
    }

    pub(crate) fn process_of(&self, task: TaskId) -> &Process {
        &self.processes[self.task(task).process as usize]
    }

    /// The first process, once it has been met.
    pub(crate) fn root(&self) -> Option<&Process> {
        self.processes.first()
    }

    /// The wait status of the first process, once it has ended: it may have been killed before it could stop.
    pub(crate) fn root_status(&self) -> Option<i32> {
        match self.root() {
            Some(root) => root.status,
            None => self.early_deaths.values().next().copied(),
        }
    }

    /// Whether a task was announced that has not been met.
    pub(crate) fn expects_somebody(&self) -> bool {
        !self.announced.is_empty()
    }

    /// The pids of the processes that have not ended.
    pub(crate) fn alive(&self) -> impl Iterator<Item = u32> + '_ {
        self.alive.keys().copied()
    }

    /// As it stands, with labels.
    pub(crate) fn tree(&self) -> Tree {
        let mut tree =
            Tree { tasks: self.tasks.clone(), processes: self.processes.clone(), ..Tree::default() };
        self.label(&mut tree);
        tree
    }

    fn add(&mut self, tid: u32, pid: u32) -> TaskId {
        let task = TaskId(self.tasks.len() as u32);
        let process = match self.alive.get(&pid) {
            Some(&process) if tid != pid => process,
            _ => self.add_process(pid),
        };
        self.tasks.push(Task { tid, process, creator: None, ordinal: 0, label: String::new() });
        task
    }

    fn add_process(&mut self, pid: u32) -> u32 {
        let process = self.processes.len() as u32;
        let images = if process == 0 { Vec::new() } else { vec![unknown_image()] };
        self.processes.push(Process { pid, label: String::new(), parent: None, images, status: None });
        self.alive.insert(pid, process);
        process
    }

    /// A process that was killed before it could stop, or a thread, of which nothing is left to tell.
    fn stillborn(&mut self, announcement: Announcement, tid: u32, status: i32) {
        if announcement.how != Creation::Clone {
            let task = self.add(tid, tid);
            self.link(announcement, task);
            self.end(task, status);
        }
    }

    fn link(&mut self, announcement: Announcement, task: TaskId) {
        let creator = self.births[announcement.birth].creator;
        // The kernel announces a task once, and never to its own descendants.
        if self.task(task).creator.is_some() || self.descends(creator, task) {
            return;
        }
        self.births[announcement.birth].child = Some(task);
        self.tasks[task.0 as usize].creator = Some(creator);
        let (parent, child) = (self.task(creator).process, self.task(task).process);
        if parent == child {
            return;
        }
        let child = &mut self.processes[child as usize];
        child.parent = Some(parent);
        if let (Some(first), Some(image)) = (child.images.first_mut(), announcement.image) {
            *first = image;
        }
    }

    /// Whether `task` is `ancestor`, or was made by it or by something it made.
    fn descends(&self, task: TaskId, ancestor: TaskId) -> bool {
        std::iter::successors(Some(task), |&task| self.task(task).creator).any(|task| task == ancestor)
    }

    /// Names by creation path. Numbers count what a task has made, processes and threads apart.
    fn label(&self, tree: &mut Tree) {
        let mut made: HashMap<(TaskId, bool), u32> = HashMap::new();
        if let Some(root) = tree.tasks.first_mut() {
            root.label = "main".to_owned();
        }
        for &Birth { creator, child } in &self.births {
            let Some(child) = child else { continue };
            let thread = self.task(creator).process == self.task(child).process;
            let ordinal = made.entry((creator, thread)).or_default();
            *ordinal += 1;
            tree.tasks[child.0 as usize].ordinal = *ordinal;
        }
        for index in 0..tree.tasks.len() {
            label_of(tree, index);
        }
        for task in &tree.tasks {
            let process = &mut tree.processes[task.process as usize];
            if process.label.is_empty() {
                process.label = task.label.clone();
            }
        }
    }
}

/// Labels a task and, before it, those that led to it.
fn label_of(tree: &mut Tree, index: usize) {
    let mut path = Vec::new();
    let mut next = Some(index);
    while let Some(index) = next.filter(|&index| tree.tasks[index].label.is_empty()) {
        path.push(index);
        next = tree.tasks[index].creator.map(|creator| creator.0 as usize);
    }
    while let Some(index) = path.pop() {
        let Task { process, creator, ordinal, tid, .. } = tree.tasks[index];
        tree.tasks[index].label = match creator {
            // Its creator was killed before it could announce it.
            None => format!("?{tid}"),
            Some(creator) => {
                let creator = &tree.tasks[creator.0 as usize];
                let sort = if creator.process == process { 't' } else { 'c' };
                format!("{}.{sort}{ordinal}", creator.label)
            }
        };
    }
}

fn unknown_image() -> Image {
    Image { program: PathBuf::new(), argv: Vec::new() }
}
